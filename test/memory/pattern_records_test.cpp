#include <riva/memory/pattern_records.hpp>

#include "catch.hpp"
#include "temporary_folder.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <thread>

namespace riva::memory::test {

using namespace std::chrono_literals;
using riva::test::temporary_folder;
using std::chrono::days;

namespace {

constexpr pattern_time start{std::chrono::milliseconds(1'700'000'000'000)};

pattern_outcome outcome(const std::string& step, bool passed, pattern_time at = start) {
    return {"edit python", "r", step, "a.py", passed, at};
}

std::unique_ptr<pattern_records> open(const temporary_folder& folder) {
    auto opened = pattern_records::open(folder / "riva.db");
    if (!opened) FAIL(opened.error().context);
    return std::move(*opened);
}

pattern_row find(pattern_records& kept, const char* project = "/a", pattern_time now = start) {
    return kept.find(project, "edit python", now).value();
}

}  // namespace

TEST_CASE("outcomes of a pattern add up, and outlive the connection", "[pattern_records]") {
    const temporary_folder folder;
    {
        const auto kept = open(folder);
        CHECK(find(*kept) == pattern_row{"edit python", 0, 0, 0, 0, {}, {}, "", ""});
        CHECK(kept->add("/a", outcome("1/1/1", true)).value());
        CHECK(kept->add("/a", outcome("1/1/2", false, start + 1s)).value());
    }
    const auto kept = open(folder);
    const pattern_row known = find(*kept, "/a", start + 1s);
    CHECK((known.successes == 1 && known.failures == 1 && known.attempts() == 2));
    CHECK(known.passed == Approx(1));
    CHECK(known.failed == Approx(1));
    CHECK(known.last_success == start);
    CHECK(known.last_failure == start + 1s);
    CHECK((known.run == "r" && known.step == "1/1/2"));
    CHECK(kept->load("/a", start + 1s).value() == std::vector{known});
}

TEST_CASE("two projects share nothing of a pattern", "[pattern_records]") {
    const temporary_folder folder;
    const auto kept = open(folder);
    kept->add("/a", outcome("1/1/1", true)).value();
    kept->add("/b", {"edit python", "s", "1/1/1", "", false, start}).value();
    CHECK(find(*kept, "/a").failures == 0);
    CHECK(find(*kept, "/b").failures == 1);
    CHECK(find(*kept, "/b").successes == 0);
    CHECK(find(*kept, "/c").attempts() == 0);
    CHECK(kept->load("/c", start).value().empty());
}

TEST_CASE("an outcome that is told twice counts once", "[pattern_records]") {
    const temporary_folder folder;
    const auto kept = open(folder);
    for (int i = 0; i < 3; ++i) CHECK(kept->add("/a", outcome("1/1/1", true)).value() == (i == 0));
    for (int i = 0; i < 3; ++i) CHECK(kept->add("/a", outcome("1/1/2", false)).value() == (i == 0));
    // What had failed does not become right by passing later.
    CHECK_FALSE(kept->add("/a", outcome("1/1/2", true)).value());
    CHECK((find(*kept).successes == 1 && find(*kept).failures == 1));
}

TEST_CASE("a success that was none after all becomes a failure", "[pattern_records]") {
    const temporary_folder folder;
    const auto kept = open(folder);
    kept->add("/a", outcome("1/1/1", true)).value();
    kept->add("/a", outcome("1/1/2", true)).value();
    const auto later = start + pattern_half_life;
    CHECK(kept->add("/a", outcome("1/1/1", false, later)).value());
    const pattern_row known = find(*kept, "/a", later);
    CHECK((known.successes == 1 && known.failures == 1));
    CHECK(known.passed == Approx(0.5));
    CHECK(known.failed == Approx(1));
    CHECK(known.last_failure == later);
}

TEST_CASE(
    "a file that turned out to be wrong counts against what changed it", "[pattern_records]"
) {
    const temporary_folder folder;
    const auto kept = open(folder);
    kept->add("/a", outcome("1/1/1", true)).value();
    kept->add("/a", outcome("1/1/2", true, start + 1ms)).value();
    CHECK_FALSE(kept->refute("/a", "r", "b.py", start).value());
    CHECK_FALSE(kept->refute("/b", "r", "a.py", start).value());
    CHECK_FALSE(kept->refute("/a", "other", "a.py", start).value());
    CHECK(kept->refute("/a", "r", "a.py", start + 1s).value());
    CHECK_FALSE(kept->refute("/a", "r", "a.py", start + 1s).value());
    // The change before may have been right.
    CHECK((find(*kept).successes == 1 && find(*kept).failures == 1));
}

TEST_CASE("an outcome counts half after its half-life", "[pattern_records]") {
    const temporary_folder folder;
    const auto kept = open(folder);
    for (int i = 0; i < 8; ++i) kept->add("/a", outcome(std::to_string(i), true)).value();
    CHECK(find(*kept).passed == Approx(8));
    CHECK(find(*kept, "/a", start + pattern_half_life).passed == Approx(4));
    CHECK(find(*kept, "/a", start + 3 * pattern_half_life).passed == Approx(1));
    CHECK(find(*kept, "/a", start + 3 * pattern_half_life).successes == 8);
    kept->add("/a", outcome("late", true, start + pattern_half_life)).value();
    CHECK(find(*kept, "/a", start + pattern_half_life).passed == Approx(5));
    // A clock that was set back makes nothing count more.
    CHECK(find(*kept, "/a", start).passed == Approx(5));
    kept->add("/a", outcome("early", true, start)).value();
    CHECK(find(*kept, "/a", start + pattern_half_life).passed == Approx(6));
}

TEST_CASE("eight processes that tell outcomes of one pattern lose none", "[pattern_records]") {
    const temporary_folder folder;
    open(folder);
    constexpr int processes = 8, outcomes = 20;
    std::vector<pid_t> children;
    for (int p = 0; p < processes; ++p) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            const auto kept = pattern_records::open(folder / "riva.db");
            bool good = kept.has_value();
            for (int i = 0; good && i < outcomes; ++i) {
                pattern_outcome one = outcome(std::to_string(i), i % 4 != 0);
                one.run = "run " + std::to_string(p);
                // Each is told twice, as by a run that goes on.
                for (int twice = 0; twice < 2; ++twice)
                    good = good && (*kept)->add("/a", one).has_value();
            }
            ::_exit(good ? 0 : 1);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = -1;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(status == 0);
    }
    const auto kept = open(folder);
    CHECK(find(*kept).successes == processes * outcomes * 3 / 4);
    CHECK(find(*kept).failures == processes * outcomes / 4);
    CHECK(find(*kept).passed == Approx(processes * outcomes * 0.75));
}

}  // namespace riva::memory::test
