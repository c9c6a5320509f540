#include "../runtime/every_event.hpp"
#include "journal_fixture.hpp"

#include <riva/memory/error.hpp>

#include <SQLiteCpp/Statement.h>
#include <catch.hpp>
#include <database.hpp>
#include <schema.hpp>
#include <sqlite3.h>
#include <sys/stat.h>
#include <temporary_folder.hpp>
#include <write_lock.hpp>

namespace riva::test {
namespace {

using memory::database;
using memory::errc;
using memory::sqlite_journal;
using std::chrono::milliseconds;

/// Checks that a file is refused, that the sentence names it, and that it is what it was.
void check_refused(const std::filesystem::path& file, errc code) {
    const std::string before = read_file(file);
    const auto opened = sqlite_journal::open(file);
    REQUIRE(!opened);
    INFO(opened.error().context);
    CHECK(opened.error().code == code);
    CHECK(opened.error().context.find(file.string()) != std::string::npos);
    CHECK(opened.error().context.find('\n') == std::string::npos);
    CHECK(read_file(file) == before);
}

/// A database of another program whose last changes are in its log only, as after a crash.
std::filesystem::path write_foreign_log(const temporary_folder& folder) {
    const temporary_folder running;
    const auto file = running / "other.db";
    SQLite::Database open(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    open.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (x); PRAGMA wal_checkpoint");
    open.exec("INSERT INTO t VALUES (1), (2), (3)");
    folder.write("other.db-wal", read_file(running / "other.db-wal"));
    return folder.write("other.db", read_file(file));
}

mode_t mode_of(const std::filesystem::path& file) {
    struct stat found{};
    REQUIRE(::stat(file.c_str(), &found) == 0);
    return found.st_mode & 07777;
}

}  // namespace

TEST_CASE("journal creates a private database that says whose it is", "[open]") {
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    const auto journal = open_journal(file);
    REQUIRE(append(*journal, log_event("r", 1)));
    for (const auto* end : {"", "-wal", "-shm", ".lock"}) {
        INFO(end);
        CHECK(mode_of(file.string() + end) == 0600);
    }
    SQLite::Database other(file.string(), SQLite::OPEN_READONLY);
    CHECK(other.execAndGet("PRAGMA application_id").getInt() == 0x72697661);
    CHECK(other.execAndGet("PRAGMA user_version").getInt() == memory::schema_version());
    CHECK(other.execAndGet("PRAGMA journal_mode").getString() == "wal");
}

TEST_CASE("database is used with full safety", "[open]") {
    const temporary_folder folder;
    for (const auto* state : {"new", "old"}) {
        INFO(state);
        const auto opened = database::open(folder / "riva.db", milliseconds(1234));
        REQUIRE(opened);
        const auto looked = (*opened)->read([](SQLite::Database& in) {
            CHECK(in.execAndGet("PRAGMA synchronous").getInt() == 2);
            CHECK(in.execAndGet("PRAGMA foreign_keys").getInt() == 1);
            CHECK(in.execAndGet("PRAGMA busy_timeout").getInt() == 1234);
            CHECK(in.execAndGet("PRAGMA journal_mode").getString() == "wal");
        });
        CHECK(looked);
    }
}

TEST_CASE("journal moves its log into the database when it closes", "[open]") {
    const temporary_folder folder;
    write_sample(folder / "riva.db");
    const auto log = folder / "riva.db-wal";
    CHECK((!std::filesystem::exists(log) || std::filesystem::file_size(log) == 0));
    std::filesystem::remove(log);
    std::filesystem::remove(folder / "riva.db-shm");
    CHECK(read(*open_journal(folder / "riva.db"), "r")->size() == every_event_body().size());
}

TEST_CASE("journal takes an empty file as new", "[open]") {
    const temporary_folder folder;
    const auto file = folder.write("riva.db", "");
    REQUIRE(append(*open_journal(file), log_event("r", 1)));
    CHECK(read(*open_journal(file), "r")->size() == 1);
}

TEST_CASE("journal refuses a database of another program", "[open]") {
    const temporary_folder folder;
    change(folder / "tables.db", "CREATE TABLE runs (x)");
    check_refused(folder / "tables.db", errc::foreign);
    change(folder / "marked.db", "PRAGMA application_id = 7");
    check_refused(folder / "marked.db", errc::foreign);
    change(folder / "versioned.db", "PRAGMA user_version = 1");
    check_refused(folder / "versioned.db", errc::foreign);
}

TEST_CASE("journal leaves the log of another program's database alone", "[open]") {
    const temporary_folder folder;
    const auto file = write_foreign_log(folder);
    const std::string log = read_file(folder / "other.db-wal");
    check_refused(file, errc::foreign);
    CHECK(read_file(folder / "other.db-wal") == log);
    CHECK(!std::filesystem::exists(folder / "other.db.lock"));
}

TEST_CASE("journal refuses a database of a newer riva", "[open]") {
    const temporary_folder folder;
    write_sample(folder / "riva.db");
    change(
        folder / "riva.db", "PRAGMA user_version = " + std::to_string(memory::schema_version() + 1)
    );
    check_refused(folder / "riva.db", errc::newer_schema);
}

TEST_CASE("journal refuses a file that is no database", "[open]") {
    const temporary_folder folder;
    check_refused(folder.write("note.txt", "Dear diary,\n"), errc::corrupt);
    check_refused(folder.write("long.txt", std::string(100'000, 'x')), errc::corrupt);
    check_refused(folder.write("nul", std::string(5000, '\0')), errc::corrupt);
}

TEST_CASE("journal refuses a folder that is missing, and a folder as file", "[open]") {
    const temporary_folder folder;
    const auto missing = sqlite_journal::open(folder / "no/riva.db");
    REQUIRE(!missing);
    CHECK(missing.error().code == errc::io_failed);
    CHECK(missing.error().context.find("folder") != std::string::npos);
    CHECK(!std::filesystem::exists(folder / "no"));
    const auto is_folder = sqlite_journal::open(folder.path());
    REQUIRE(!is_folder);
    CHECK(is_folder.error().code == errc::io_failed);
}

TEST_CASE("database is busy while another process writes", "[open]") {
    const temporary_folder folder;
    const auto opened = database::open(folder / "riva.db", milliseconds(50));
    REQUIRE(opened);
    auto& store = **opened;
    bool called = false;
    const auto call = [&](SQLite::Database&) { called = true; };
    {
        const other_writer busy(folder / "riva.db");
        const auto written = store.write(call);
        REQUIRE(!written);
        CHECK(written.error().code == errc::busy);
        CHECK(written.error().context.find((folder / "riva.db").string()) != std::string::npos);
        CHECK(!called);
        CHECK(store.read(call));
        CHECK(called);
        CHECK(database::open(folder / "other.db", milliseconds(50)));
    }
    CHECK(store.write(call));
}

TEST_CASE("database is not created while another process writes it", "[open]") {
    const temporary_folder folder;
    const other_writer busy(folder / "riva.db");
    const auto opened = database::open(folder / "riva.db", milliseconds(50));
    REQUIRE(!opened);
    CHECK(opened.error().code == errc::busy);
}

TEST_CASE("database that another connection keeps locked is busy", "[open]") {
    const temporary_folder folder;
    const auto opened = database::open(folder / "riva.db", milliseconds(50));
    REQUIRE(opened);
    SQLite::Database other((folder / "riva.db").string(), SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE");
    const auto written = (*opened)->write([](SQLite::Database&) {});
    REQUIRE(!written);
    CHECK(written.error().code == errc::busy);
    other.exec("ROLLBACK");
    CHECK((*opened)->write([](SQLite::Database&) {}));
}

TEST_CASE("two journals on one file write in turn and read each other", "[open]") {
    const temporary_folder folder;
    const auto first = open_journal(folder / "riva.db");
    const auto second = open_journal(folder / "riva.db");
    for (std::uint64_t seq = 1; seq <= 20; ++seq)
        REQUIRE(append(seq % 2 == 0 ? *first : *second, log_event("r", seq)));
    CHECK(read(*first, "r")->size() == 20);
    CHECK(read(*second, "r")->size() == 20);
}

TEST_CASE("database says in words what SQLite says in numbers", "[open]") {
    const std::vector<std::pair<int, errc>> all = {
        {SQLITE_CORRUPT, errc::corrupt},
        {SQLITE_CORRUPT | 3 << 8, errc::corrupt},
        {SQLITE_NOTADB, errc::corrupt},
        {SQLITE_BUSY, errc::busy},
        {SQLITE_BUSY | 2 << 8, errc::busy},
        {SQLITE_LOCKED, errc::busy},
        {SQLITE_FULL, errc::full},
        {SQLITE_READONLY, errc::read_only},
        {SQLITE_READONLY | 6 << 8, errc::read_only},
        {SQLITE_IOERR, errc::io_failed},
        {SQLITE_IOERR | 4 << 8, errc::io_failed},
        {SQLITE_CANTOPEN, errc::io_failed},
    };
    for (const auto& [number, code] : all) {
        INFO(number);
        const auto said = memory::describe(SQLite::Exception("why", number), "/x/riva.db");
        CHECK(said.code == code);
        CHECK(said.context.find("/x/riva.db") != std::string::npos);
        CHECK(said.context.find("why") != std::string::npos);
        CHECK(said.context.find('\n') == std::string::npos);
    }
}

}  // namespace riva::test
