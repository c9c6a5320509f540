#include "../runtime/every_event.hpp"
#include "journal_fixture.hpp"

#include <riva/memory/error.hpp>
#include <riva/memory/trust_accounts.hpp>

#include <SQLiteCpp/Database.h>
#include <catch.hpp>
#include <schema.hpp>
#include <temporary_folder.hpp>

#include <string>
#include <thread>
#include <vector>

namespace riva::test {
namespace {

/// A database as version 1 created it, with one run `r` that holds every type of event.
std::vector<event> write_version_1(const temporary_folder& folder) {
    auto written = write_sample(folder / "newer.db");
    change(folder / "riva.db", R"sql(
        PRAGMA journal_mode = WAL;
        PRAGMA application_id = 0x72697661;
        PRAGMA user_version = 1;
        CREATE TABLE runs (
            run        TEXT PRIMARY KEY,
            started    INTEGER NOT NULL,          -- milliseconds since 1970
            task       TEXT NOT NULL,
            repository TEXT NOT NULL,
            outcome    TEXT NOT NULL,             -- empty until run.result
            events     INTEGER NOT NULL,          -- how many there are
            head       TEXT NOT NULL              -- hash of the last one
        ) STRICT;
        CREATE TABLE events (
            run  TEXT NOT NULL REFERENCES runs (run),
            seq  INTEGER NOT NULL,
            json TEXT NOT NULL,
            hash TEXT NOT NULL,                   -- over the hash before and this json
            PRIMARY KEY (run, seq)
        ) STRICT, WITHOUT ROWID;)sql");
    change(
        folder / "riva.db",
        "ATTACH '" + (folder / "newer.db").string() +
            "' AS newer; INSERT INTO runs SELECT * FROM newer.runs;"
            "INSERT INTO events SELECT * FROM newer.events;"
    );
    return written;
}

int version_of(const std::filesystem::path& file) {
    SQLite::Database looked(file.string(), SQLite::OPEN_READONLY);
    return looked.execAndGet("PRAGMA user_version").getInt();
}

std::string schema_of(const std::filesystem::path& file) {
    SQLite::Database looked(file.string(), SQLite::OPEN_READONLY);
    return looked
        .execAndGet(
            "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)"
        )
        .getString();
}

}  // namespace

TEST_CASE("a database of version 1 keeps its runs when it is brought up to date", "[migration]") {
    const temporary_folder folder;
    const auto written = write_version_1(folder);
    REQUIRE(version_of(folder / "riva.db") == 1);
    {
        const auto journal = open_journal(folder / "riva.db");
        CHECK(read(*journal, "r").value() == written);
        CHECK(append(*journal, log_event("r", written.size() + 1)));
        CHECK(append(*journal, log_event("next", 1)));
    }
    CHECK(version_of(folder / "riva.db") == memory::schema_version());
    const auto accounts = memory::trust_accounts::open(folder / "riva.db");
    REQUIRE(accounts);
    CHECK((*accounts)->load({"/p", "v", ""}).value() == memory::trust_rows{});
}

TEST_CASE("a database that was brought up to date is like a new one", "[migration]") {
    const temporary_folder folder;
    write_version_1(folder);
    open_journal(folder / "riva.db");
    CHECK(version_of(folder / "riva.db") == version_of(folder / "newer.db"));
    std::string old = schema_of(folder / "riva.db"), fresh = schema_of(folder / "newer.db");
    for (std::string* text : {&old, &fresh})
        std::erase_if(*text, [](char c) { return c == ' ' || c == '\n'; });
    CHECK(old == fresh);
}

TEST_CASE("several connections bring a database up to date once", "[migration]") {
    for (int i = 0; i < 10; ++i) {
        const temporary_folder folder;
        write_version_1(folder);
        std::vector<std::string> said(4);
        std::vector<std::thread> threads;
        for (auto& mine : said)
            threads.emplace_back([&] {
                const auto opened = memory::trust_accounts::open(folder / "riva.db");
                mine = opened ? "opened" : opened.error().context;
            });
        for (auto& each : threads) each.join();
        CHECK(said == std::vector<std::string>(4, "opened"));
        CHECK(version_of(folder / "riva.db") == memory::schema_version());
    }
}

TEST_CASE("a database that cannot be brought up to date stays as it is", "[migration]") {
    const temporary_folder folder;
    write_version_1(folder);
    change(folder / "riva.db", "CREATE TABLE trust_tickets (x)");
    const auto opened = memory::trust_accounts::open(folder / "riva.db");
    REQUIRE(opened.has_error());
    CHECK(opened.error().code == memory::errc::corrupt);
    CHECK(version_of(folder / "riva.db") == 1);
    SQLite::Database looked((folder / "riva.db").string(), SQLite::OPEN_READONLY);
    CHECK(!looked.tableExists("trust_scopes"));
    CHECK(looked.execAndGet("SELECT count(*) FROM events").getInt() > 0);
}

TEST_CASE("a database with a version that never was is damaged", "[migration]") {
    for (const int version : {0, -1, -2147483647}) {
        INFO(version);
        const temporary_folder folder;
        write_version_1(folder);
        change(folder / "riva.db", "PRAGMA user_version = " + std::to_string(version));
        const auto opened = memory::trust_accounts::open(folder / "riva.db");
        REQUIRE(opened.has_error());
        CHECK(opened.error().code == memory::errc::corrupt);
        CHECK(version_of(folder / "riva.db") == version);
    }
}

}  // namespace riva::test
