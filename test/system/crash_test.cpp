// Runs of the program that die at each of the places where it matters what is durable.

#include "catch.hpp"
#include "crash_script.hpp"
#include "dying.hpp"
#include "program.hpp"
#include "recorded_runs.hpp"
#include "world.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <set>
#include <vector>

using namespace riva;
using riva::test::crash_script;
using riva::test::death;
using riva::test::ended_program;
using riva::test::installation;
using riva::test::model_server;

namespace {

using tree = std::map<std::string, std::string>;

/// A script at work, in a repository of its own each time.
class mortal_run {
public:
    mortal_run(const crash_script& script, const model_server& server)
        : script_(script), server_(server) {
        i.program = RIVA_DYING_PROGRAM;
    }

    installation i{{}, test::folder_in_memory()};

    ended_program start(const std::string& variable = "") {
        for (const auto& [name, content] : script_.files) i.repository.write(name, content);
        std::vector<std::string> arguments{
            "run", "--write", "--json", "--sandbox", "off", "--model", server_.spec()
        };
        arguments.insert(arguments.end(), script_.flags.begin(), script_.flags.end());
        return riva(std::move(arguments), variable);
    }

    /// Goes on until the run has ended, dying once more on the way.
    void go_on(const std::string& variable, bool apply_first) {
        if (test::runs_in(i).empty()) {
            CHECK(start().status == 0);
            return;
        }
        const std::string id = test::runs_in(i).front();
        riva({"resume", id, "--json"}, variable);
        if (apply_first) riva({"apply", id});
        auto ended = riva({"resume", id, "--json"});
        // What was applied before the run was over is not to be done again by it.
        if (ended.err.find("--undo") != std::string::npos) {
            CHECK(riva({"apply", id, "--undo"}).status == 0);
            ended = riva({"resume", id, "--json"});
        }
        INFO(ended.out << ended.err);
        CHECK((ended.status == 0 || ended.err.find("has ended, verified") != std::string::npos));
    }

    std::vector<event> recorded() const { return test::recorded_in(i, test::runs_in(i).front()); }
    tree files() const { return test::tree_of(i.repository.path()); }

    /// What it has said so far, each of which was recorded before.
    std::vector<std::string> said;

private:
    ended_program riva(std::vector<std::string> arguments, const std::string& variable = "") {
        i.environment.clear();
        if (!variable.empty()) i.environment.push_back(variable);
        auto ended = i.riva(std::move(arguments));
        for (auto& line : ended.lines())
            if (line.starts_with("{\"v\":1") && line.ends_with("}")) said.push_back(line);
        return ended;
    }

    const crash_script& script_;
    const model_server& server_;
};

/// What was said was recorded, unless it is of no record.
void check_acknowledged(const mortal_run& r, const std::vector<event>& recorded) {
    std::set<std::string> known;
    for (const auto& e : recorded) known.insert(to_json(e));
    for (const auto& line : r.said) {
        const auto e = event_from_json(line);
        if (!e || e->run.empty() || std::holds_alternative<events::model_delta>(e->body)) continue;
        INFO(line);
        CHECK(known.contains(line));
    }
}

void check_end(const mortal_run& r, const tree& expected) {
    const auto recorded = r.recorded();
    check_acknowledged(r, recorded);
    CHECK(r.files() == expected);
    std::map<std::string, std::string> kinds;
    std::map<std::string, int> applied, ended;
    bool verified = false;
    for (const auto& e : recorded) {
        if (const auto* will = std::get_if<events::effect_prepared>(&e.body))
            kinds[will->effect] = will->kind;
        if (const auto* done = std::get_if<events::effect_applied>(&e.body))
            ++applied[kinds[done->effect]];
        if (const auto* end = std::get_if<events::run_result>(&e.body)) {
            ++ended["result"];
            verified = end->outcome == "verified";
        }
    }
    CHECK(verified);
    CHECK(ended["result"] == 1);
    CHECK(applied["apply"] == 1 + applied["undo"]);
}

/// The places that an undisturbed run passes, and what it makes of the tree.
struct whole_run {
    std::map<crash_point, int> passed;
    tree files;
};

whole_run run_whole(const crash_script& script, const model_server& server) {
    mortal_run r(script, server);
    const auto log = r.i.home / "log";
    const auto ended = r.start("RIVA_CRASH_LOG=" + log.string());
    INFO(ended.out << ended.err);
    REQUIRE(ended.status == 0);
    REQUIRE(test::result_in(ended).outcome == "verified");
    check_end(r, r.files());
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

/// Every script of those with this remainder.
void kill_scripts(unsigned remainder) {
    const unsigned seed = std::random_device()();
    std::printf("seed %u\n", seed);
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::size_t died = 0;
    std::set<crash_point> where;
    for (unsigned number = remainder; number < 50; number += 5) {
        const crash_script script(seed / 64 * 64 + number);
        const model_server server(script.script);
        const whole_run whole = run_whole(script, server);
        for (const death& d : choose_deaths(whole.passed, 10, random)) {
            INFO("script " << number << ", " << variable_of(d));
            mortal_run r(script, server);
            const bool dead = r.start(variable_of(d)).status == 137;
            // Parts at once need not pass a place as often each time.
            died += dead ? 1 : 0;
            if (dead) where.insert(d.at);
            const bool twice = random() % 4 == 0;
            r.go_on(dead && twice ? variable_of({d.at, 1}) : "", random() % 4 == 0);
            check_end(r, whole.files);
        }
    }
    std::printf("%zu deaths at %zu places\n", died, where.size());
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
