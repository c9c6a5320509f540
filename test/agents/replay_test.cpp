// Runs that are decided once more from their record.

#include <riva/agents/replay.hpp>

#include "catch.hpp"
#include "random_history.hpp"
#include "run.hpp"
#include "world.hpp"

#include <riva/agents/error.hpp>

#include <iostream>
#include <random>

using namespace riva;
using riva::test::have_sandbox;
using riva::test::plan;
using riva::test::propose;
using riva::test::random_history;
using riva::test::rule_about;
using riva::test::rule_for_plans;
using riva::test::script_of;
using riva::test::script_of_rules;
using riva::test::world;

namespace {

result<agents::replay_report> replay(
    std::vector<event> recorded, std::map<std::string, std::string> changes = {}
) {
    result<agents::replay_report> said;
    test::run([&]() -> asio::awaitable<void> {
        said = co_await agents::replay(std::move(recorded), {}, std::move(changes));
    });
    return said;
}

std::string lines(const std::vector<event>& all) {
    std::string text;
    for (const auto& e : all) text += to_json(e) + "\n";
    return text;
}

void check_same(const std::vector<event>& recorded) {
    const auto said = replay(recorded);
    REQUIRE(said.has_value());
    // Whole lines are of more use than those that a test program breaks.
    if (said->difference)
        std::cout << lines(recorded) << "recorded: " << said->difference->recorded
                  << "\nagain:    " << said->difference->again << "\n";
    CHECK_FALSE(said->difference.has_value());
    CHECK(lines(said->events) == lines(recorded));
}

}  // namespace

TEST_CASE("a run of one step replays to the same events", "[replay]") {
    if (!have_sandbox()) return;
    world w(script_of({propose(create_file{"a.txt", "a\n"})}));
    const auto ended = w.run(w.task("write a.txt", {"cat a.txt"}));
    REQUIRE(ended->result.outcome == "verified");
    check_same(w.recorded(ended->run));
}

TEST_CASE("random runs replay to the same events", "[replay]") {
    if (!have_sandbox()) return;
    const std::uint64_t seed = std::random_device()();
    std::cout << "random runs: seed " << seed << "\n";
    for (std::uint64_t i = 0; i < 40; ++i) {
        INFO("seed " << seed + i);
        random_history h(seed + i);
        const std::string id = h.run();
        check_same(h.place->recorded(id));
    }
}
