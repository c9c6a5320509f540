#include "../runtime/every_event.hpp"
#include "journal_fixture.hpp"

#include <riva/memory/check_records.hpp>
#include <riva/memory/error.hpp>
#include <riva/memory/trust_accounts.hpp>

#include <SQLiteCpp/Database.h>
#include <catch.hpp>
#include <database.hpp>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <temporary_folder.hpp>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <string>

namespace riva::test {
namespace {

using memory::errc;
using std::chrono::milliseconds;

/// A process that holds the right to write a database.
class writing_child {
public:
    explicit writing_child(const std::filesystem::path& database) {
        const std::string lock = database.string() + ".lock";
        int ready[2];
        REQUIRE(::pipe(ready) == 0);
        child_ = ::fork();
        if (child_ == 0) {
            const int file = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
            const bool locked = ::flock(file, LOCK_EX) == 0 && ::write(ready[1], "x", 1) == 1;
            if (locked) ::pause();
            ::_exit(1);
        }
        char byte = 0;
        CHECK(::read(ready[0], &byte, 1) == 1);
        ::close(ready[0]);
        ::close(ready[1]);
    }
    ~writing_child() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }
    writing_child(const writing_child&) = delete;
    writing_child& operator=(const writing_child&) = delete;

    pid_t id() const { return child_; }

private:
    pid_t child_ = -1;
};

/// Runs `body` as a user whom permissions hold back; returns what it returned, below 256.
int as_plain_user(const std::filesystem::path& owned, const std::function<int()>& body) {
    constexpr uid_t nobody = 65534;
    if (::geteuid() == 0)
        for (const auto& entry : std::filesystem::recursive_directory_iterator(owned))
            REQUIRE(::chown(entry.path().c_str(), nobody, nobody) == 0);
    if (::geteuid() == 0) REQUIRE(::chown(owned.c_str(), nobody, nobody) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const bool dropped = ::geteuid() != 0 || ::setresuid(nobody, nobody, nobody) == 0;
        ::_exit(dropped ? body() : 255);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 254;
}

/// The code with which a run cannot be written to a database; 0 when it can.
int refusal(const std::filesystem::path& file) {
    const auto opened = memory::sqlite_journal::open(file);
    if (!opened) return opened.error().code.value();
    const auto written = append(**opened, log_event("next", 1));
    return written ? 0 : written.error().code.value();
}

}  // namespace

TEST_CASE("database names the process that keeps it busy", "[hostile]") {
    const temporary_folder folder;
    const auto opened = memory::database::open(folder / "riva.db", milliseconds(50));
    REQUIRE(opened);
    const writing_child other(folder / "riva.db");
    const auto written = (*opened)->write([](SQLite::Database&) {});
    REQUIRE(!written);
    INFO(written.error().context);
    CHECK(written.error().code == errc::busy);
    CHECK(
        written.error().context.find("Process " + std::to_string(other.id()) + " ") !=
        std::string::npos
    );
}

TEST_CASE("database that is a symbolic link is refused", "[hostile]") {
    const temporary_folder folder;
    write_sample(folder / "real.db");
    const std::string before = read_file(folder / "real.db");
    std::filesystem::create_symlink(folder / "real.db", folder / "riva.db");
    const auto opened = memory::sqlite_journal::open(folder / "riva.db");
    REQUIRE(!opened);
    CHECK(opened.error().code == errc::foreign);
    CHECK(opened.error().context.find("symbolic link") != std::string::npos);
    CHECK(read_file(folder / "real.db") == before);
    std::filesystem::remove(folder / "riva.db");
    std::filesystem::create_symlink(folder / "missing.db", folder / "riva.db");
    CHECK(!memory::sqlite_journal::open(folder / "riva.db"));
    CHECK(!std::filesystem::exists(folder / "missing.db"));
}

TEST_CASE("database writes through no symbolic link beside it", "[hostile]") {
    for (const auto* end : {"-wal", "-shm", ".lock"}) {
        INFO(end);
        const temporary_folder folder;
        write_sample(folder / "riva.db");
        const auto victim = folder.write("victim", "mine\n");
        std::filesystem::remove((folder / "riva.db").string() + end);
        std::filesystem::create_symlink(victim, (folder / "riva.db").string() + end);
        CHECK(refusal(folder / "riva.db") != 0);
        CHECK(read_file(victim) == "mine\n");
    }
}

TEST_CASE("triggers and views that a file brings along do not act", "[hostile]") {
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    const auto written = write_sample(file);
    change(
        file,
        "CREATE TRIGGER steal AFTER INSERT ON events BEGIN DELETE FROM runs; END;"
        "DROP TABLE canaries; CREATE VIEW canaries AS SELECT 1 AS scope, 'c' AS check_id, "
        "100 AS tried, 100 AS caught FROM trust_scopes;"
        "INSERT INTO trust_scopes VALUES (1, '/p', 'v', 'j', 1)"
    );
    const auto journal = open_journal(file);
    REQUIRE(append(*journal, log_event("next", 1)));
    CHECK(runs(*journal)->size() == 2);
    CHECK(*read(*journal, "r") == written);
    const auto trust = memory::trust_accounts::open(file);
    REQUIRE(trust);
    const auto canaries = (*trust)->load_canaries({"/p", "v", "j"});
    REQUIRE(!canaries);
    CHECK(canaries.error().code == errc::corrupt);
}

TEST_CASE("a file cannot have a library loaded", "[hostile]") {
    const temporary_folder folder;
    write_sample(folder / "riva.db");
    change(
        folder / "riva.db",
        "CREATE TABLE t (x DEFAULT (load_extension('/tmp/x.so'))); DROP TABLE check_records;"
        "CREATE TABLE check_records (project TEXT, kind TEXT, runs INTEGER, failures INTEGER, "
        "duration INTEGER, extra TEXT DEFAULT (load_extension('/tmp/x.so')))"
    );
    const auto checks = memory::check_records::open(folder / "riva.db");
    REQUIRE(checks);
    const auto added = (*checks)->add("/p", {{"kind", 1, 0, milliseconds(1)}});
    REQUIRE(!added);
    CHECK(added.error().code == errc::corrupt);
}

TEST_CASE("a text of any length does not fill the memory", "[hostile]") {
    const temporary_folder folder;
    const auto opened = memory::database::open(folder / "riva.db", milliseconds(50));
    REQUIRE(opened);
    const auto looked = (*opened)->read([](SQLite::Database& in) {
        in.execAndGet("SELECT hex(zeroblob(250000000))");
    });
    REQUIRE(!looked);
    CHECK(looked.error().code == errc::full);
}

TEST_CASE("a database that closes waits for nobody who reads", "[hostile]") {
    const temporary_folder folder;
    auto closing = memory::database::open(folder / "riva.db", std::chrono::seconds(60));
    const auto reading = memory::database::open(folder / "riva.db", milliseconds(50));
    REQUIRE(closing);
    REQUIRE(reading);
    REQUIRE((*closing)->write([](SQLite::Database& to) { to.exec("CREATE TABLE t (x)"); }));
    const auto looked = (*reading)->read([&](SQLite::Database& in) {
        CHECK(in.execAndGet("SELECT count(*) FROM t").getInt() == 0);
        const auto begin = std::chrono::steady_clock::now();
        closing->reset();
        CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
    });
    CHECK(looked);
}

TEST_CASE("a database or a folder that is read-only is said to be", "[hostile]") {
    const std::vector<std::pair<const char*, std::filesystem::perms>> all = {
        {"riva.db", std::filesystem::perms::owner_read},
        {"", std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec},
    };
    for (const auto& [name, permissions] : all) {
        INFO("read-only: " << name);
        const temporary_folder folder;
        write_sample(folder / "riva.db");
        for (const auto* end : {"-wal", "-shm", ".lock"})
            std::filesystem::remove((folder / "riva.db").string() + end);
        const std::string before = read_file(folder / "riva.db");
        std::filesystem::permissions(folder / name, permissions);
        const int code = as_plain_user(folder.path(), [&] { return refusal(folder / "riva.db"); });
        CHECK(code == static_cast<int>(errc::read_only));
        std::filesystem::permissions(folder / name, std::filesystem::perms::owner_all);
        CHECK(read_file(folder / "riva.db") == before);
    }
}

}  // namespace riva::test
