// What riva learns from runs that are killed.

#include "catch.hpp"
#include "long_run.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <cstdio>
#include <map>
#include <random>
#include <string>
#include <utility>

using namespace riva;
using riva::test::have_sandbox;
using riva::test::long_run;

namespace {

/// Every change is verified by itself, so that there is something to learn at every step.
const std::string flags = "--strategies baseline --set strategy.pattern_memory=optimized";

/// Successes and failures of each pattern.
std::map<std::string, std::pair<std::int64_t, std::int64_t>> learnt(const long_run& r) {
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> all;
    const auto told = r.i.riva({"metrics", "--by", "pattern", "--json"});
    INFO(told.err);
    REQUIRE(told.status == 0);
    for (const auto& line : told.lines()) {
        const auto row = boost::json::parse(line);
        all[std::string(row.at("pattern").as_string())] = {
            row.at("successes").as_int64(), row.at("failures").as_int64()
        };
    }
    return all;
}

}  // namespace

TEST_CASE("a run that is killed and goes on learns each thing once", "[pattern][resume]") {
    if (!have_sandbox()) return;
    const unsigned seed = std::random_device()();
    std::printf("seed %u\n", seed);
    INFO("seed " << seed);
    std::mt19937 random(seed);
    long_run whole;
    REQUIRE(whole.i.shell(whole.start(flags) + " > /dev/null").status == 0);
    const auto expected = learnt(whole);
    REQUIRE(expected.size() >= 3);

    long_run r;
    int kills = 0;
    for (bool ended = false; !ended;) {
        const auto runs = r.runs();
        const auto tenths = 1 + random() % 12 + 3 * static_cast<unsigned>(kills);
        const std::string limit =
            "timeout -s KILL " + std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
        const std::string line = runs.empty() ? r.start(flags) : r.resume(runs.front());
        const auto status = r.i.shell(limit + " " + line + " > out").status;
        kills += status == 137 ? 1 : 0;
        ended = status != 137;
        if (ended) CHECK(status == 0);
        const auto now = r.runs();
        if (now.empty()) continue;
        // Killed after it had ended, and before it could say so.
        const auto events = r.recorded(now.front());
        ended |= std::holds_alternative<events::run_result>(events.back().body);
    }
    CHECK(learnt(r) == expected);
    std::printf("%d kills\n", kills);
}

TEST_CASE("eight programs at once on one state folder lose nothing", "[pattern][metrics]") {
    if (!have_sandbox()) return;
    const test::installation i;
    const test::model_server server(test::script_that_writes_add());
    const std::string one = "$RIVA run 'write add in m.py' --quiet --model " + server.spec() +
                            " --check 'python3 -c \"import m\"' > /dev/null & ";
    std::string all;
    for (int n = 0; n < 8; ++n) all += one + "p" + std::to_string(n) + "=$!; ";
    for (int n = 0; n < 8; ++n) all += "wait $p" + std::to_string(n) + " || exit 9; ";
    const auto ended = i.shell(all);
    INFO(ended.err);
    REQUIRE(ended.status == 0);
    std::int64_t outcomes = 0;
    for (const auto& line : i.riva({"metrics", "--by", "pattern", "--json"}).lines())
        outcomes += boost::json::parse(line).at("successes").as_int64();
    CHECK(outcomes == 16);  // of the change, and of the tier
    const auto average = boost::json::parse(i.riva({"metrics", "--json"}).lines().back());
    CHECK(average.at("runs").as_int64() == 8);
    CHECK(average.at("average").at("verified").as_int64() == 1);
    CHECK(average.at("average").at("calls").as_int64() == 1);
}
