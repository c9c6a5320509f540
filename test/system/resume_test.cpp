// Runs of the program that are stopped and go on.

#include "catch.hpp"
#include "long_run.hpp"
#include "processes.hpp"
#include "world.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <utility>

using namespace riva;
using Catch::Contains;
using riva::test::have_sandbox;
using riva::test::long_run;
using riva::test::result_in;

namespace {

const std::string always_verified = "--strategies baseline";

/// `RIVA_KILLS` says how many, whatever time that takes.
struct kill_goal {
    const char* given = std::getenv("RIVA_KILLS");
    std::size_t kills = given == nullptr ? 40 : std::strtoul(given, nullptr, 10);
    std::chrono::steady_clock::time_point late =
        std::chrono::steady_clock::now() + std::chrono::minutes(2);

    bool reached(std::size_t so_far) const {
        return so_far >= kills || (given == nullptr && std::chrono::steady_clock::now() > late);
    }
};

bool begins_with(const std::vector<event>& all, const std::vector<event>& beginning) {
    return all.size() >= beginning.size() &&
           std::equal(beginning.begin(), beginning.end(), all.begin());
}

std::string seconds(int milliseconds) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%d.%03d", milliseconds / 1000, milliseconds % 1000);
    return text.data();
}

/// A long run that is killed at random moments and goes on until it ends.
class killed_run {
public:
    killed_run(long_run& of, std::mt19937& random, std::string flags, int longest)
        : of_(of), random_(random), flags_(std::move(flags)), longest_(longest) {}

    /// Returns how often it was killed.
    int work() {
        const auto others = of_.runs();
        std::vector<event> before;
        for (int kills = 0;; ++kills) {
            const auto runs = of_.runs();
            if (runs.size() > others.size()) id = runs.front();
            const auto ended = start_and_kill(kills);
            // It may not have got as far as to be recorded.
            if (id.empty() && of_.runs().size() > others.size()) id = of_.runs().front();
            if (!id.empty()) events = of_.recorded(id);
            CHECK(begins_with(events, before));
            before = events;
            // Killed after it had ended, and before it could say so.
            const bool over =
                !events.empty() && std::holds_alternative<events::run_result>(events.back().body);
            if (ended.status == 137 && over) return kills + 1;
            if (ended.status != 137) {
                INFO(ended.err);
                CHECK(ended.status == 0);
                return kills;
            }
        }
    }

    std::string id;
    std::vector<event> events;

private:
    test::ended_program start_and_kill(int kills) {
        // Later each time, so that it ends also where the machine has become slower.
        std::uniform_int_distribution<int> moment(0, longest_ + kills * longest_ / 4);

        const std::string line = id.empty() ? of_.start(flags_) : of_.resume(id);
        return of_.i.shell(
            line + " > $HOME/out & pid=$!; (sleep " + seconds(moment(random_)) +
            "; kill -KILL $pid) 2> /dev/null & killer=$!; wait $pid; status=$?; kill $killer 2> "
            "/dev/null; exit $status"
        );
    }

    long_run& of_;
    std::mt19937& random_;
    std::string flags_;
    int longest_;  // ms until the first kill
};

}  // namespace

namespace {

void take_back(
    const long_run& r, const std::string& run, const std::map<std::string, std::string>& before
) {
    CHECK(r.i.riva({"apply", run, "--undo"}).status == 0);
    CHECK(test::tree_of(r.i.repository.path()) == before);
}

}  // namespace

TEST_CASE("a run that is killed at any moment goes on to the same end", "[resume]") {
    if (!have_sandbox()) return;
    const unsigned seed = std::random_device()();
    std::printf("seed %u\n", seed);
    INFO("seed " << seed);
    std::mt19937 random(seed);
    long_run r(long_run::kind::parts, test::folder_in_memory());
    const std::string flags = always_verified + " --write";
    const auto before = test::tree_of(r.i.repository.path());
    const auto start = std::chrono::steady_clock::now();
    REQUIRE(r.i.shell(r.start(flags) + " > /dev/null").status == 0);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - start
    );
    const auto whole = r.recorded(r.runs().front());
    const auto expected = std::get<events::run_result>(whole.back().body);
    REQUIRE(expected.decompositions == 1);
    const int asked = test::answers_in(whole).asked;
    const auto tree = test::tree_of(r.i.repository.path());
    take_back(r, r.runs().front(), before);

    const kill_goal goal;
    std::size_t kills = 0, runs = 1, repeated = 0;
    while (!goal.reached(kills)) {
        killed_run one(r, random, flags, static_cast<int>(took.count() * 5 / 4));
        kills += static_cast<std::size_t>(one.work());
        ++runs;
        INFO("run " << one.id);
        const auto result = std::get<events::run_result>(one.events.back().body);
        CHECK(result.outcome == "verified");
        CHECK(result.grade == expected.grade);
        CHECK(result.files == expected.files);
        CHECK(test::diff_in(one.events) == test::diff_in(whole));
        CHECK(test::answers_in(one.events).asked == asked);
        CHECK(result.usage.calls >= expected.usage.calls);
        CHECK(result.usage.micro_usd == expected.usage.micro_usd);
        repeated += static_cast<std::size_t>(test::answers_in(one.events).repeated);
        CHECK(test::tree_of(r.i.repository.path()) == tree);
        take_back(r, one.id, before);
    }
    CHECK(test::processes_with(r.span).empty());
    // Only what was under way at a kill was asked again, in at most two parts at once.
    CHECK(r.server.requests() <= runs * static_cast<std::size_t>(asked) + 2 * kills);
    CHECK(repeated > 0);
    std::printf("%zu kills of %zu runs, %zu answers not asked again\n", kills, runs - 1, repeated);
}

namespace {

/// What was decided about each cycle; checks that no pass decided otherwise.
std::map<std::pair<std::string, int>, std::string> decisions_in(const std::vector<event>& events) {
    std::map<std::pair<std::string, int>, std::string> all;
    for (const auto& e : events) {
        const auto* decided = std::get_if<events::verify_decided>(&e.body);
        if (decided == nullptr) continue;
        const std::string draw = decided->trust ? decided->trust->draw : "";
        const std::string what = decided->decision + " " + draw;
        const auto [at, fresh] = all.try_emplace({decided->intention, decided->cycle}, what);
        INFO(
            "event " << e.seq << ", intention " << decided->intention << ", cycle "
                     << decided->cycle
        );
        if (!fresh) CHECK(at->second == what);
    }
    return all;
}

/// The cycles whose changes the last pass verified.
std::set<std::pair<std::string, int>> verified_cycles(const std::vector<event>& events) {
    std::set<std::pair<std::string, int>> all;
    for (const auto& e : events) {
        if (std::holds_alternative<events::run_resumed>(e.body)) all.clear();
        if (const auto* ended = std::get_if<events::verify_ended>(&e.body))
            all.emplace(ended->intention, ended->cycle);
    }
    return all;
}

}  // namespace

TEST_CASE("a run that is killed while changes wait for verification verifies them", "[resume]") {
    if (!have_sandbox()) return;
    const unsigned seed = std::random_device()();
    std::printf("seed %u\n", seed);
    INFO("seed " << seed);
    std::mt19937 random(seed);
    long_run r(long_run::kind::small_steps);
    REQUIRE(r.i.shell(r.start(always_verified) + " > /dev/null").status == 0);
    const auto whole = r.recorded(r.runs().front());
    std::size_t deferred = 0;
    for (int i = 0; i < 8; ++i) {
        killed_run one(r, random, "", 500);
        one.work();
        INFO("run " << one.id);
        CHECK(std::get<events::run_result>(one.events.back().body).outcome == "verified");
        CHECK(test::diff_in(one.events) == test::diff_in(whole));
        const auto ends = verified_cycles(one.events);
        for (const auto& [cycle, what] : decisions_in(one.events)) {
            if (!what.starts_with("defer")) continue;
            ++deferred;
            CHECK(ends.contains(cycle));
        }
    }
    CHECK(deferred > 0);
}

namespace {

/// A long run that gets `kill` as soon as a command of its first part has run.
struct stopped_program {
    long_run r;
    std::map<std::string, std::string> before = test::tree_of(r.i.repository.path());

    test::ended_program stop(const std::string& kill) {
        return r.i.shell(
            r.start() +
            " > $HOME/out & pid=$!; until grep -q 'action.executed' $HOME/out; do sleep "
            "0.01; done; " +
            kill + "; wait $pid; status=$?; cat $HOME/out; exit $status"
        );
    }

    test::ended_program resume(const std::string& flags = "") {
        return r.i.shell(r.resume(r.runs().front(), flags));
    }
};

}  // namespace

TEST_CASE("a run that was interrupted is resumed by the beginning of its name", "[resume]") {
    if (!have_sandbox()) return;
    stopped_program p;
    const auto stopped = p.stop("kill -INT $pid");
    INFO(stopped.err);
    REQUIRE(stopped.status == 130);
    CHECK(result_in(stopped).resumable);
    const std::string id = p.r.runs().front();
    CHECK_THAT(p.r.i.riva({"show", id}).out, Contains("cancelled"));

    const auto ended = p.r.i.riva({"resume", id.substr(0, id.size() - 2)});
    INFO(ended.err);
    CHECK(ended.status == 0);
    CHECK(ended.out == test::diff_in(p.r.recorded(id)));
    CHECK_THAT(ended.err, Contains("riva apply " + id));
    CHECK(test::tree_of(p.r.i.repository.path()) == p.before);
    const auto shown = p.r.i.riva({"show", id});
    CHECK_THAT(shown.out, Contains("resumed with riva"));
    CHECK_THAT(shown.out, Contains("verified"));
    CHECK_THAT(shown.out, !Contains("cancelled"));
    CHECK(p.r.i.riva({"apply", id}).status == 0);
    CHECK(test::read_file(p.r.i.repository / "c.py") == "a = 1\nb = 2\n");

    const auto again = p.r.i.riva({"resume", id});
    CHECK(again.status == 2);
    CHECK_THAT(again.err, Contains("has ended, verified"));
}

TEST_CASE("a run that was terminated is resumed with --write", "[resume]") {
    if (!have_sandbox()) return;
    stopped_program p;
    const auto stopped = p.stop("kill -TERM $pid");
    REQUIRE(stopped.status == 143);
    CHECK(result_in(stopped).resumable);
    const auto ended = p.resume("--write");
    INFO(ended.err);
    CHECK(ended.status == 0);
    CHECK(test::read_file(p.r.i.repository / "c.py") == "a = 1\nb = 2\n");
}

TEST_CASE("a run out of tokens is resumed with more of them", "[resume]") {
    if (!have_sandbox()) return;
    stopped_program p;
    // Too little for the third call, whatever runs at once.
    const auto stopped = p.r.i.shell(p.r.start("--max-tokens 10000"));
    INFO(stopped.err);
    REQUIRE(stopped.status == 5);
    const auto spent = result_in(stopped).usage;
    REQUIRE(spent.calls > 0);
    const auto same = p.resume();
    CHECK(same.status == 5);
    CHECK(result_in(same).usage == spent);
    const auto ended = p.resume("--max-tokens unlimited");
    CHECK(ended.status == 0);
    CHECK(result_in(ended).usage.calls > spent.calls);
    const auto events = p.r.recorded(p.r.runs().front());
    // A call that the end of the budget cut off has no answer, but may have cost something.
    const auto calls = result_in(ended).usage.calls;
    CHECK(test::answers_in(events).asked <= calls);
    CHECK(p.r.server.requests() <= static_cast<std::uint64_t>(calls));
}

TEST_CASE("a run is not resumed over what the user changed meanwhile", "[resume]") {
    if (!have_sandbox()) return;
    stopped_program p;
    REQUIRE(p.stop("kill -KILL $pid").status == 137);
    p.r.i.repository.write("data/n.txt", "of the user\n");
    const auto refused = p.resume();
    CHECK(refused.status == 2);
    CHECK_THAT(refused.err, Contains("data/n.txt"));
    CHECK(result_in(refused).outcome == "error");
    CHECK(test::read_file(p.r.i.repository / "data/n.txt") == "of the user\n");
    p.r.i.repository.write("data/n.txt", "n\n");
    CHECK(p.resume().status == 0);
}

TEST_CASE("of two that resume a run one does, and the other says so", "[resume]") {
    if (!have_sandbox()) return;
    stopped_program p;
    REQUIRE(p.stop("kill -KILL $pid").status == 137);
    const std::string id = p.r.runs().front();
    const auto both = p.r.i.shell(
        "$RIVA resume " + id + " > /dev/null 2> $HOME/1 & one=$!; $RIVA resume " + id +
        " > /dev/null 2> $HOME/2 & wait $one; first=$?; wait $!; echo $first $?"
    );
    CHECK((both.out == "0 75\n" || both.out == "75 0\n"));
    const auto said = test::read_file(p.r.i.home / "1") + test::read_file(p.r.i.home / "2");
    CHECK_THAT(said, Contains("Run " + id + " is at work already, in process "));
    CHECK_THAT(said, Contains(" since "));
    CHECK(std::holds_alternative<events::run_result>(p.r.recorded(id).back().body));
}

TEST_CASE("a run that is at work is not resumed", "[resume]") {
    if (!have_sandbox()) return;
    stopped_program p;
    const auto ended = p.stop(
        "$RIVA resume $(basename $RIVA_HOME/runs/*) 2> $HOME/refusal; echo $? "
        "> $HOME/status"
    );
    CHECK(ended.status == 0);
    CHECK(test::read_file(p.r.i.home / "status") == "75\n");
    CHECK_THAT(test::read_file(p.r.i.home / "refusal"), Contains("is at work already"));
}

TEST_CASE("an unknown run is not resumed", "[resume]") {
    const test::installation i;
    const auto none = i.riva({"resume", "nobody"});
    CHECK(none.status == 2);
    CHECK_THAT(none.err, Contains("No run has been recorded"));
}
