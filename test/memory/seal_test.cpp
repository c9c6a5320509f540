#include "../runtime/every_event.hpp"
#include "journal_fixture.hpp"

#include <riva/memory/error.hpp>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <catch.hpp>
#include <database.hpp>
#include <page_seal.hpp>
#include <sealed_files.hpp>
#include <temporary_folder.hpp>

#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace riva::test {
namespace {

using memory::errc;

/// A database with a log that was not moved into it, as a killed process leaves it.
void write_with_log(const temporary_folder& from, const temporary_folder& to) {
    const auto journal = open_journal(from / "riva.db");
    for (const auto& e : every_event("r")) REQUIRE(append(*journal, e));
    to.write("riva.db", read_file(from / "riva.db"));
    to.write("riva.db-wal", read_file(from / "riva.db-wal"));
}

}  // namespace

TEST_CASE("a seal is broken by any change of a byte", "[seal]") {
    std::vector<unsigned char> page(4096, 7);
    memory::seal(page, 5, 99);
    REQUIRE(memory::is_sealed(page, 5, 99));
    CHECK(memory::owner_of(page) == 99);
    CHECK(!memory::is_sealed(page, 6, 99));
    CHECK(!memory::is_sealed(page, 5, 98));
    for (auto& byte : page) {
        byte ^= 0x10U;
        CHECK(!memory::is_sealed(page, 5, 99));
        byte ^= 0x10U;
    }
    const std::vector<unsigned char> zeros(4096);
    CHECK(!memory::is_sealed(zeros, 1, 0));
}

TEST_CASE("a database with a size of pages that there is not is damaged", "[seal]") {
    for (const char low : {'\x01', '\x08', '\x7f', '\xf6'}) {
        INFO(int{low});
        const temporary_folder folder;
        write_sample(folder / "riva.db");
        std::string bytes = read_file(folder / "riva.db");
        bytes[17] = low;
        const auto opened = memory::sqlite_journal::open(folder.write("riva.db", bytes));
        REQUIRE(!opened);
        CHECK(opened.error().code == errc::corrupt);
    }
}

TEST_CASE("zeros have no seal", "[seal]") {
    std::vector<unsigned char> page(512);
    for (std::uint32_t number = 0; number < 1000; ++number)
        CHECK(!memory::is_sealed(page, number, 0));
}

TEST_CASE("another program reads a database and moves its log into it", "[seal]") {
    const temporary_folder running, folder;
    write_with_log(running, folder);
    {
        SQLite::Database other((folder / "riva.db").string(), SQLite::OPEN_READWRITE);
        CHECK(
            other.execAndGet("SELECT count(*) FROM events").getInt() ==
            static_cast<int>(every_event_body().size())
        );
        CHECK(other.execAndGet("PRAGMA integrity_check").getString() == "ok");
    }
    REQUIRE(!std::filesystem::exists(folder / "riva.db-wal"));
    CHECK(read(*open_journal(folder / "riva.db"), "r")->size() == every_event_body().size());
}

TEST_CASE("what another program wrote is noticed", "[seal]") {
    const temporary_folder folder;
    write_sample(folder / "riva.db");
    SQLite::Database((folder / "riva.db").string(), SQLite::OPEN_READWRITE)
        .exec("UPDATE runs SET outcome = 'verified'");
    const auto opened = memory::sqlite_journal::open(folder / "riva.db");
    const auto found = opened ? runs(**opened) : opened.error();
    REQUIRE(!found);
    CHECK(found.error().code == errc::corrupt);
    CHECK(found.error().context.find("another program") != std::string::npos);
}

TEST_CASE("the log of another database is noticed", "[seal]") {
    const temporary_folder one_running, other_running, one, other;
    write_with_log(one_running, one);
    write_with_log(other_running, other);
    std::filesystem::copy_file(
        other / "riva.db-wal",
        one / "riva.db-wal",
        std::filesystem::copy_options::overwrite_existing
    );
    const std::string before = read_file(one / "riva.db");
    const auto opened = memory::sqlite_journal::open(one / "riva.db");
    const auto found = opened ? read(**opened, "r") : opened.error();
    REQUIRE(!found);
    INFO(found.error().context);
    CHECK(found.error().code == errc::corrupt);
    CHECK(read_file(one / "riva.db") == before);
}

TEST_CASE("a transaction that does not fit into the cache has whole seals", "[seal]") {
    const temporary_folder running, folder;
    {
        const auto opened = memory::database::open(running / "riva.db", std::chrono::seconds(5));
        REQUIRE(opened);
        for (int round = 0; round < 3; ++round)
            REQUIRE((*opened)->write([](SQLite::Database& to) {
                to.exec("PRAGMA cache_size = 10");
                to.exec("PRAGMA cache_spill = 5");
                to.exec("CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, x TEXT) STRICT");
                for (int i = 0; i < 3000; ++i)
                    to.exec("INSERT INTO t (x) VALUES (hex(randomblob(100)))");
                to.exec("UPDATE t SET x = x || 'more' WHERE n % 3 = 0");
                to.exec("UPDATE t SET x = x || 'more' WHERE n % 7 = 0");
            }));
        folder.write("riva.db", read_file(running / "riva.db"));
        folder.write("riva.db-wal", read_file(running / "riva.db-wal"));
    }
    for (const auto* at : {&running, &folder}) {
        const auto opened = memory::database::open(*at / "riva.db", std::chrono::seconds(5));
        REQUIRE(opened);
        const auto looked = (*opened)->read([](SQLite::Database& in) {
            CHECK(in.execAndGet("SELECT count(*) FROM t").getInt() == 9000);
            CHECK(in.execAndGet("PRAGMA integrity_check").getString() == "ok");
        });
        CHECK(looked);
    }
}

}  // namespace riva::test
