// Runs of the program that die at each of the places where it matters what is durable.

#include "catch.hpp"
#include "crash_script.hpp"
#include "dying.hpp"
#include "mortal_run.hpp"
#include "world.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <set>
#include <vector>

using namespace riva;
using riva::test::crash_script;
using riva::test::death;
using riva::test::model_server;
using riva::test::mortal_run;

namespace {

/// The places that an undisturbed run passes, and what it makes of the tree.
struct whole_run {
    std::map<crash_point, int> passed;
    std::map<std::string, std::string> files;
};

whole_run run_whole(const crash_script& script, const model_server& server) {
    mortal_run r(script, server, RIVA_DYING_PROGRAM);
    const auto log = r.i.home / "log";
    const auto ended = r.start("RIVA_CRASH_LOG=" + log.string());
    INFO(ended.out << ended.err);
    REQUIRE(ended.status == 0);
    REQUIRE(test::result_in(ended).outcome == "verified");
    test::check_end(r, r.files());
    return {test::passed_in(test::read_file(log)), r.files()};
}

std::string variable_of(const death& d) {
    return "RIVA_CRASH_AT=" + std::string(crash_point_names[static_cast<std::size_t>(d.at)]) + ":" +
           std::to_string(d.time);
}

/// With `RIVA_KILLS` every time at every place, otherwise each place once and then some of them.
std::vector<death> choose_deaths(
    const std::map<crash_point, int>& passed, std::size_t sampled, std::mt19937& random
) {
    std::vector<death> all, some;
    for (const auto& [at, times] : passed)
        for (int time = 1; time <= times; ++time) all.push_back({at, time});
    if (std::getenv("RIVA_KILLS") != nullptr) return all;
    std::vector<crash_point> places;
    for (const auto& [at, times] : passed) places.push_back(at);
    std::ranges::shuffle(places, random);
    for (std::size_t n = 0; n < sampled; ++n) {
        const crash_point at = places[n % places.size()];
        some.push_back({at, 1 + static_cast<int>(random() % static_cast<unsigned>(passed.at(at)))});
    }
    return some;
}

/// On a slow machine some of it is enough.
class patience {
public:
    bool is_over() const {
        return std::getenv("RIVA_KILLS") == nullptr && std::chrono::steady_clock::now() > late_;
    }

private:
    std::chrono::steady_clock::time_point late_ =
        std::chrono::steady_clock::now() + std::chrono::seconds(100);
};

/// Every script of those with this remainder.
void kill_scripts(unsigned remainder) {
    const char* given = std::getenv("RIVA_SEED");
    const unsigned seed = given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                                           : std::random_device()();
    std::printf("seed %u\n", seed);
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const patience time;
    std::size_t died = 0;
    std::set<crash_point> where;
    for (unsigned number = remainder; number < 50 && !time.is_over(); number += 5) {
        const crash_script script(seed / 64 * 64 + number);
        const model_server server(script.script);
        const whole_run whole = run_whole(script, server);
        for (const death& d : choose_deaths(whole.passed, 10, random)) {
            if (time.is_over()) break;
            INFO("script " << number << ", " << variable_of(d));
            mortal_run r(script, server, RIVA_DYING_PROGRAM);
            const bool dead = r.start(variable_of(d)).status == 137;
            // Parts at once need not pass a place as often each time.
            died += dead ? 1 : 0;
            if (dead) where.insert(d.at);
            const bool twice = random() % 4 == 0;
            r.go_on(dead && twice ? variable_of({d.at, 1}) : "", random() % 4 == 0);
            test::check_end(r, whole.files);
        }
    }
    std::printf("%zu deaths at %zu places\n", died, where.size());
    CHECK(died > 0);
    if (time.is_over()) return;
    CHECK(died >= 80);
    CHECK(where.size() >= 14);
}

}  // namespace

TEST_CASE("runs of the first scripts that die anywhere end as if they had not", "[crash]") {
    kill_scripts(0);
}

TEST_CASE("runs of the second scripts that die anywhere end as if they had not", "[crash]") {
    kill_scripts(1);
}

TEST_CASE("runs of the third scripts that die anywhere end as if they had not", "[crash]") {
    kill_scripts(2);
}

TEST_CASE("runs of the fourth scripts that die anywhere end as if they had not", "[crash]") {
    kill_scripts(3);
}

TEST_CASE("runs of the fifth scripts that die anywhere end as if they had not", "[crash]") {
    kill_scripts(4);
}
