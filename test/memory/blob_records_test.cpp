#include "journal_fixture.hpp"

#include <riva/memory/error.hpp>

#include <SQLiteCpp/Database.h>
#include <catch.hpp>
#include <database.hpp>
#include <temporary_folder.hpp>

#include <random>
#include <string>

namespace riva::test {
namespace {

/// Text that JSON has to escape, and that looks like what stands for a long one.
std::string any_text(std::mt19937& random, std::size_t size) {
    static const std::vector<std::string> pieces = {
        "a",
        "\"",
        "\\",
        "\n",
        "é",
        "\U0001F600",
        "{\"$blob\":\"",
        "\"}",
        std::string(1, '\0'),
        "\\\""
    };
    std::string text;
    while (text.size() < size) text += pieces[random() % pieces.size()];
    return text;
}

std::int64_t count(const std::filesystem::path& file, const std::string& query) {
    SQLite::Database looked(file.string(), SQLite::OPEN_READONLY);
    return looked.execAndGet(query).getInt64();
}

/// A run in which each cycle tells of the same big change again.
std::uintmax_t size_of_run(std::uint64_t cycles) {
    const temporary_folder folder;
    {
        const auto journal = open_journal(folder / "riva.db");
        const std::string big(200'000, 'd');
        for (std::uint64_t seq = 1; seq <= cycles; ++seq) {
            event e = log_event("r", seq);
            events::workspace_diff diff;
            diff.diff = big;
            e.body = diff;
            REQUIRE(append(*journal, e));
        }
        CHECK(read(*journal, "r")->size() == cycles);
    }
    return std::filesystem::file_size(folder / "riva.db");
}

}  // namespace

TEST_CASE("events with long texts are read as they were written", "[blob]") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const temporary_folder folder;
    const auto journal = open_journal(folder / "riva.db");
    std::vector<event> written;
    for (std::uint64_t seq = 1; seq <= 200; ++seq) {
        event e = log_event("r", seq);
        events::run_started started;
        started.task = any_text(random, random() % 9000);
        started.checks = {any_text(random, 4096), any_text(random, random() % 6000), ""};
        started.settings[any_text(random, 10)] = any_text(random, random() % 9000);
        e.body = started;
        written.push_back(e);
        REQUIRE(append(*journal, e));
    }
    CHECK(*read(*journal, "r") == written);
    CHECK(count(folder / "riva.db", "SELECT max(length(json)) FROM events") < 5 * 4096 + 1000);
}

TEST_CASE("a text is kept once, however many events have it", "[blob]") {
    const temporary_folder folder;
    const auto journal = open_journal(folder / "riva.db");
    for (const auto* run : {"r", "s"})
        for (std::uint64_t seq = 1; seq <= 5; ++seq)
            REQUIRE(append(*journal, log_event(run, seq, std::string(50'000, 'x'))));
    REQUIRE(append(*journal, log_event("r", 6, std::string(50'000, 'y'))));
    CHECK(count(folder / "riva.db", "SELECT count(*) FROM blobs") == 2);
    CHECK(read(*journal, "r")->back() == log_event("r", 6, std::string(50'000, 'y')));
}

TEST_CASE("the record of a run grows with its steps, not with their square", "[blob]") {
    const auto few = size_of_run(10);
    const auto many = size_of_run(100);
    CHECK(few < 600'000);
    CHECK(many - few < 90 * 2000);
}

TEST_CASE("a long text that was changed or is missing is noticed", "[blob]") {
    for (const auto* how : {"UPDATE blobs SET content = CAST('x' AS BLOB)", "DELETE FROM blobs"}) {
        INFO(how);
        const temporary_folder folder;
        {
            const auto journal = open_journal(folder / "riva.db");
            REQUIRE(append(*journal, log_event("r", 1)));
            REQUIRE(append(*journal, log_event("r", 2, std::string(5000, 'x'))));
        }
        change(folder / "riva.db", how);
        const auto found = read(*open_journal(folder / "riva.db"), "r");
        REQUIRE(!found);
        CHECK(found.error().code == memory::errc::corrupt);
        CHECK(found.error().context.find("event 2:") != std::string::npos);
    }
}

}  // namespace riva::test
