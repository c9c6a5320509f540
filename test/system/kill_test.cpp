// Runs of the program that are killed at random moments.

#include "catch.hpp"
#include "mortal_run.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

using namespace riva;
using riva::test::crash_script;
using riva::test::model_server;
using riva::test::mortal_run;
using std::chrono::milliseconds;

namespace {

std::size_t wanted_kills() {
    const char* given = std::getenv("RIVA_KILLS");
    return given == nullptr ? 60 : std::strtoul(given, nullptr, 10);
}

/// How long an undisturbed run takes, and what it makes of the tree.
struct whole_run {
    milliseconds took;
    std::map<std::string, std::string> files;
};

whole_run run_whole(const crash_script& script, const model_server& server) {
    mortal_run r(script, server, RIVA_PROGRAM);
    const auto start = std::chrono::steady_clock::now();
    const auto ended = r.start();
    const auto took = std::chrono::steady_clock::now() - start;
    INFO(ended.out << ended.err);
    REQUIRE(ended.status == 0);
    test::check_end(r, r.files());
    return {std::chrono::ceil<milliseconds>(took), r.files()};
}

/// Kills it again and again until it has ended. Returns how often.
std::size_t kill_until_it_ends(mortal_run& r, milliseconds took, std::mt19937& random) {
    for (std::size_t kills = 0;; ++kills) {
        // Later each time, so that it ends also where the machine has become slower.
        const auto longest = took + took * static_cast<int>(kills) / 4;
        const milliseconds after(random() % static_cast<unsigned>(longest.count() + 1));
        if (r.start_and_kill(after).status != 137) return kills;
    }
}

}  // namespace

TEST_CASE("runs of any script that are killed at random moments end as if they had not", "[kill]") {
    const unsigned seed = std::random_device()();
    std::printf("seed %u\n", seed);
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::size_t kills = 0, runs = 0;
    for (unsigned number = 0; kills < wanted_kills(); ++number) {
        const crash_script script(seed / 1024 * 1024 + number);
        const model_server server(script.script);
        const whole_run whole = run_whole(script, server);
        for (int round = 0; round < 5; ++round) {
            INFO("script " << number);
            mortal_run r(script, server, RIVA_PROGRAM);
            kills += kill_until_it_ends(r, whole.took, random);
            test::check_end(r, whole.files);
            ++runs;
        }
    }
    std::printf("%zu kills of %zu runs\n", kills, runs);
    CHECK(kills >= wanted_kills());
}
