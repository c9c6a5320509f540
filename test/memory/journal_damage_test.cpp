#include "../runtime/every_event.hpp"
#include "journal_fixture.hpp"

#include <riva/memory/error.hpp>
#include <riva/runtime/digest.hpp>

#include <SQLiteCpp/Statement.h>
#include <catch.hpp>
#include <database.hpp>
#include <temporary_folder.hpp>

#include <random>

namespace riva::test {
namespace {

using memory::errc;
using memory::sqlite_journal;

/// Checks that reading run `r` names event `seq` as the first bad one.
void check_bad(const std::filesystem::path& file, int seq) {
    const auto found = read(*open_journal(file), "r");
    REQUIRE(!found);
    INFO(found.error().context);
    CHECK(found.error().code == errc::corrupt);
    CHECK(found.error().context.find("event " + std::to_string(seq) + ":") != std::string::npos);
}

int last_seq() {
    return static_cast<int>(every_event_body().size());
}

struct tampering {
    const char* what;
    const char* sql;
    int first_bad;
};

const std::vector<tampering> every_tampering = {
    {"changed", "UPDATE events SET json = replace(json, 'network', 'nothing') WHERE seq = 10", 10},
    {"no longer JSON", "UPDATE events SET json = 'x' WHERE seq = 1", 1},
    {"changed hash", "UPDATE events SET hash = upper(hash) WHERE seq = 4", 4},
    {"removed", "DELETE FROM events WHERE seq = 5", 5},
    {"removed first", "DELETE FROM events WHERE seq = 1", 1},
    {"removed last", "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)", last_seq()},
    {"removed and closed up",
     "DELETE FROM events WHERE seq = 5; UPDATE events SET seq = seq - 1 WHERE seq > 5",
     5},
    {"removed all", "DELETE FROM events", 1},
    {"doubled",
     "INSERT INTO events SELECT run, seq + 1, json, hash FROM events ORDER BY seq DESC LIMIT 1",
     last_seq() + 1},
    {"swapped",
     "UPDATE events SET seq = 100 WHERE seq = 2; UPDATE events SET seq = 2 WHERE seq = 3;"
     "UPDATE events SET seq = 3 WHERE seq = 100",
     2},
};

/// Anything but a crash and a wrong answer: the events as they were, or a reason.
void check_bearable(const std::filesystem::path& file, const std::vector<event>& written) {
    const auto opened = sqlite_journal::open(file);
    if (!opened) {
        INFO(opened.error().context);
        CHECK(
            (opened.error().code == riva::condition::corrupt ||
             opened.error().code == riva::condition::invalid)
        );
        return;
    }
    const auto found = read(**opened, "r");
    if (found) {
        CHECK(*found == written);
    } else {
        INFO(found.error().context);
        CHECK((found.error().code == errc::corrupt || found.error().code == errc::unknown_run));
    }
    const auto listed = runs(**opened);
    if (!listed) {
        INFO(listed.error().context);
        CHECK(listed.error().code == errc::corrupt);
    }
}

}  // namespace

TEST_CASE("journal names the first event that is not as it was written", "[journal][damage]") {
    for (const auto& t : every_tampering) {
        INFO(t.what);
        const temporary_folder folder;
        write_sample(folder / "riva.db");
        change(folder / "riva.db", t.sql);
        check_bad(folder / "riva.db", t.first_bad);
    }
}

namespace {

/// Makes the last event of run `r` one of a kind that is not known, as if it had been written so.
void write_from_the_future(SQLite::Database& to) {
    const auto text = [&](const std::string& what, int seq) {
        return to.execAndGet("SELECT " + what + " FROM events WHERE seq = " + std::to_string(seq))
            .getString();
    };
    std::string json = text("json", last_seq());
    const std::string kind(type_name(every_event_body().back()));
    json.replace(json.find(kind), kind.size(), "future.thing");
    const std::string hash = sha256(text("hash", last_seq() - 1) + "\n" + json);
    SQLite::Statement change(to, "UPDATE events SET json = ?, hash = ? WHERE seq = ?");
    change.bind(1, json);
    change.bind(2, hash);
    change.bind(3, last_seq());
    change.exec();
    to.exec("UPDATE runs SET head = '" + hash + "'");
}

}  // namespace

TEST_CASE("journal says which event another version of riva wrote", "[journal][damage]") {
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    write_sample(file);
    const auto store = memory::database::open(file, std::chrono::seconds(5));
    REQUIRE(store.value()->write(write_from_the_future).has_value());
    const auto found = read(*open_journal(file), "r");
    REQUIRE(found.has_error());
    INFO(found.error().context);
    CHECK(found.error().code == errc::newer_schema);
    CHECK(
        found.error().context.find("event " + std::to_string(last_seq()) + " on") !=
        std::string::npos
    );
    CHECK(found.error().context.find("another version of riva") != std::string::npos);
}

TEST_CASE("journal notices an event that was moved to another run", "[journal][damage]") {
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    {
        const auto journal = open_journal(file);
        REQUIRE(append(*journal, log_event("r", 1)));
        REQUIRE(append(*journal, log_event("s", 1)));
    }
    change(
        file,
        "UPDATE events SET json = (SELECT json FROM events WHERE run = 's'),"
        " hash = (SELECT hash FROM events WHERE run = 's') WHERE run = 'r';"
        "UPDATE runs SET head = (SELECT head FROM runs WHERE run = 's') WHERE run = 'r'"
    );
    check_bad(file, 1);
}

TEST_CASE("journal reads other runs although one is damaged", "[journal][damage]") {
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    write_sample(file);
    REQUIRE(append(*open_journal(file), log_event("whole", 1)));
    change(file, "UPDATE events SET json = 'x' WHERE run = 'r' AND seq = 3");
    const auto journal = open_journal(file);
    CHECK(!read(*journal, "r"));
    CHECK(*read(*journal, "whole") == std::vector<event>{log_event("whole", 1)});
    CHECK(append(*journal, log_event("whole", 2)));
}

TEST_CASE("journal bears a database cut off anywhere", "[journal][damage]") {
    const temporary_folder folder;
    const auto written = write_sample(folder / "riva.db");
    const std::string whole = read_file(folder / "riva.db");
    for (std::size_t size = 1; size < whole.size(); size += size < 200 ? 33 : 1021) {
        INFO("cut off after " << size << " bytes");
        const temporary_folder damaged;
        check_bearable(damaged.write("riva.db", whole.substr(0, size)), written);
    }
}

TEST_CASE("journal bears flipped bytes in a database", "[journal][damage]") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const temporary_folder folder;
    const auto written = write_sample(folder / "riva.db");
    const std::string whole = read_file(folder / "riva.db");
    for (int i = 0; i < 300; ++i) {
        std::string bytes = whole;
        for (auto n = 1 + random() % 8; n > 0; --n) {
            const std::size_t within = random() % 3 == 0 ? 200 : bytes.size();
            const std::size_t at = random() % within;
            bytes[at] = static_cast<char>(bytes[at] ^ (1 + random() % 255));
            UNSCOPED_INFO("byte " << at << " is now " << int{bytes[at]});
        }
        const temporary_folder damaged;
        check_bearable(damaged.write("riva.db", bytes), written);
    }
}

TEST_CASE("journal finds a damaged schema corrupt", "[journal][damage]") {
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    write_sample(file);
    change(file, "PRAGMA foreign_keys = OFF; DROP TABLE runs");
    const auto opened = sqlite_journal::open(file);
    if (opened) {
        CHECK(read(**opened, "r").error().code == errc::corrupt);
        CHECK(append(**opened, log_event("s", 1)).error().code == errc::corrupt);
    } else {
        CHECK(opened.error().code == errc::corrupt);
    }
}

TEST_CASE("journal bears a damaged log beside the database", "[journal][damage]") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const temporary_folder folder;
    const auto journal = open_journal(folder / "riva.db");
    for (const auto& e : every_event("r")) REQUIRE(append(*journal, e));
    const std::string file = read_file(folder / "riva.db-wal");
    REQUIRE(!file.empty());
    for (int i = 0; i < 100; ++i) {
        std::string log = file;
        if (random() % 2 == 0) log.resize(random() % log.size());
        if (!log.empty()) log[random() % log.size()] ^= static_cast<char>(1 + random() % 255);
        const temporary_folder damaged;
        damaged.write("riva.db-wal", log);
        damaged.write("riva.db", "");
        const auto opened = sqlite_journal::open(damaged / "riva.db");
        if (!opened) continue;
        const auto found = read(**opened, "r");
        if (!found) {
            INFO(found.error().context);
            CHECK((found.error().code == errc::corrupt || found.error().code == errc::unknown_run));
        } else {
            const auto all = every_event("r");
            REQUIRE(found->size() <= all.size());
            CHECK(std::equal(found->begin(), found->end(), all.begin()));
        }
    }
}

}  // namespace riva::test
