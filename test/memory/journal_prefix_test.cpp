#include "../runtime/every_event.hpp"
#include "journal_fixture.hpp"

#include <riva/memory/error.hpp>

#include <catch.hpp>
#include <temporary_folder.hpp>

#include <algorithm>
#include <fstream>
#include <random>

namespace riva::test {
namespace {

using memory::errc;

constexpr std::size_t page = 4096;
constexpr std::uint64_t events_of_a_run = 300;

/// The number of the event that an error names; 0: none.
std::uint64_t bad_event_in(const error& e) {
    const std::string mark = "is damaged at event ";
    const auto at = e.context.find(mark);
    return at == std::string::npos ? 0 : std::stoull(e.context.substr(at + mark.size()));
}

/// A run `r` of many pages, with texts in the events and beside them.
std::vector<event> write_long_run(const std::filesystem::path& file) {
    const auto journal = open_journal(file);
    std::vector<event> all;
    for (std::uint64_t seq = 1; seq <= events_of_a_run; ++seq) {
        const std::size_t length = seq % 50 == 0 ? 6000 : 200;
        all.push_back(log_event("r", seq, std::to_string(seq) + std::string(length, 'x')));
        REQUIRE(append(*journal, all.back()));
    }
    return all;
}

std::vector<event> first(const std::vector<event>& all, std::uint64_t count) {
    return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count)};
}

/// What is before the bad event that reading has named is read, and nothing beyond.
void check_prefix(
    memory::sqlite_journal& from, const std::vector<event>& written, const error& why
) {
    INFO(why.context);
    const auto bad = bad_event_in(why);
    REQUIRE(bad >= 1);
    REQUIRE(bad <= written.size() + 1);
    const auto before = std::to_string(bad - 1);
    if (bad > 1) {
        CHECK(why.context.find("riva show r --until " + before + " ") != std::string::npos);
        const auto prefix = read_until(from, "r", bad - 1);
        REQUIRE(prefix);
        CHECK(*prefix == first(written, bad - 1));
    } else {
        CHECK(why.context.find("nothing comes before it") != std::string::npos);
    }
    const auto more = read_until(from, "r", bad);
    REQUIRE(!more);
    CHECK(bad_event_in(more.error()) == bad);
}

}  // namespace

TEST_CASE("journal reads the events up to one, itself included", "[journal][prefix]") {
    const temporary_folder folder;
    const auto written = write_sample(folder / "riva.db");
    const auto journal = open_journal(folder / "riva.db");
    CHECK(*read_until(*journal, "r", 1) == first(written, 1));
    CHECK(*read_until(*journal, "r", 5) == first(written, 5));
    CHECK(*read_until(*journal, "r", written.size()) == written);
    CHECK(*read_until(*journal, "r", written.size() + 10) == written);
    CHECK(read_until(*journal, "s", 1).error().code == errc::unknown_run);
}

TEST_CASE("journal reads what comes before an event that was changed", "[journal][prefix]") {
    for (const auto* sql :
         {"UPDATE events SET json = replace(json, 'network', 'nothing') WHERE seq = 10",
          "UPDATE events SET hash = upper(hash) WHERE seq = 4",
          "DELETE FROM events WHERE seq = 5",
          "DELETE FROM events WHERE seq = 1",
          "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)"}) {
        INFO(sql);
        const temporary_folder folder;
        const auto written = write_sample(folder / "riva.db");
        change(folder / "riva.db", sql);
        const auto journal = open_journal(folder / "riva.db");
        const auto all = read(*journal, "r");
        REQUIRE(!all);
        check_prefix(*journal, written, all.error());
    }
}

TEST_CASE(
    "journal reads what comes before a flipped bit, and changes nothing", "[journal][prefix]"
) {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const temporary_folder folder;
    const auto written = write_long_run(folder / "riva.db");
    const std::string whole = read_file(folder / "riva.db");
    REQUIRE(whole.size() > 20 * page);
    std::size_t named = 0, with_prefix = 0;
    for (std::size_t at = page; at < whole.size(); at += page) {
        std::string bytes = whole;
        const std::size_t where = at + random() % page;
        bytes[where] ^= static_cast<char>(1U << random() % 8);
        INFO("a bit of byte " << where << " is flipped");
        const temporary_folder damaged;
        const auto file = damaged.write("riva.db", bytes);
        {
            const auto journal = memory::sqlite_journal::open(file);
            if (!journal) {  // the schema
                CHECK(journal.error().code == errc::corrupt);
                continue;
            }
            const auto all = read(**journal, "r");
            if (all) {
                CHECK(*all == written);
                continue;
            }
            CHECK(all.error().code == errc::corrupt);
            check_prefix(**journal, written, all.error());
            ++named;
            with_prefix += bad_event_in(all.error()) > 1 ? 1 : 0;
        }
        CHECK(read_file(file) == bytes);
    }
    CHECK(named > 15);
    CHECK(with_prefix > 10);
}

}  // namespace riva::test
