// What holds of the metrics whatever the events are.

#include "catch.hpp"
#include "metrics_history.hpp"

#include <riva/agents/metrics.hpp>

#include <algorithm>
#include <random>
#include <utility>

using namespace riva;
using agents::measure;
using agents::run_metrics;
using riva::test::history;

namespace {

/// Any events at all, also such as no run makes.
history random_history(std::mt19937_64& dice, std::size_t most) {
    const auto roll = [&](int below) { return static_cast<int>(dice() % unsigned(below)); };
    const std::vector<std::string> ids{"1", "1.1", "1.2", "1.2.1"}, risks{"low", "medium", "high"},
        decisions{"verify", "audit", "defer", "skip"};
    history h;
    h.start();
    for (std::size_t i = 0; i < most; ++i) {
        const std::string id = ids[std::size_t(roll(4))];
        const int cycle = 1 + roll(6);
        switch (roll(9)) {
            case 0: h.begin(id); break;
            case 1: h.ask(id); break;
            case 2: h.answer(id); break;
            case 3: h.cycle(id, cycle, risks[std::size_t(roll(3))], roll(2) == 0); break;
            case 4:
                h.decide(id, cycle, decisions[std::size_t(roll(4))], roll(2) == 0 ? 1 : 0.5);
                break;
            case 5: h.found(id, cycle, roll(2) == 0 ? verdict::pass : verdict::fail); break;
            case 6: h.roll_back(id, cycle); break;
            case 7: h.end(id, intention_status::failed); break;
            case 8: {
                evidence e;
                e.result = roll(3) == 0 ? verdict::fail : verdict::pass;
                e.layer = roll(2) == 0 ? layer::syntax : layer::behavioural;
                e.duration = std::chrono::milliseconds(roll(100));
                h.add(events::check_ended{id, e});
            }
        }
    }
    return h;
}

std::int64_t answers(const history& h) {
    return std::ranges::count_if(h.events, [](const event& e) {
        const auto* ended = std::get_if<events::model_ended>(&e.body);
        return ended != nullptr && !ended->recorded;
    });
}

}  // namespace

TEST_CASE("whatever the events, the parts of the metrics add up to the whole", "[metrics]") {
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937_64 dice(seed);
    for (int i = 0; i < 300; ++i) {
        const history h = random_history(dice, dice() % 120);
        const run_metrics m = measure(h.events);
        agents::work_figures sum;
        for (const auto& each : m.intentions) sum += each.work;
        REQUIRE(sum == m.work);
        const auto d = m.work.all_decisions();
        const auto calls = m.work.all_calls();
        REQUIRE(calls.calls - calls.unpriced_calls == answers(h));
        REQUIRE(calls.input_tokens == 100 * answers(h));
        REQUIRE(d.audited <= d.verified);
        REQUIRE(d.caught <= std::min(d.failed, d.audited));
        REQUIRE(d.escaped <= d.skipped);
        REQUIRE(d.skippable + d.failed <= d.verified);
    }
}

TEST_CASE("a pass that only repeats another adds nothing but its time", "[metrics]") {
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937_64 dice(seed);
    for (int i = 0; i < 200; ++i) {
        history h;
        h.start();
        for (int cycle = 1; cycle <= 4; ++cycle) {
            h.begin("1." + std::to_string(cycle)).answer("1." + std::to_string(cycle));
            for (int step = 1; step <= int(dice() % 4); ++step) {
                const std::string id = "1." + std::to_string(cycle);
                h.cycle(id, step, "low", false);
                h.decide(id, step, dice() % 2 == 0 ? "skip" : "verify", 0.5);
                h.found(id, step, dice() % 2 == 0 ? verdict::fail : verdict::pass);
                if (dice() % 2 == 0) h.roll_back(id, step);
            }
        }
        const run_metrics once = measure(h.events);
        const auto first = h.events;
        h.resume();
        for (std::size_t k = 1; k < first.size(); ++k) {
            events::body again = first[k].body;
            if (auto* ended = std::get_if<events::model_ended>(&again)) ended->recorded = true;
            h.add(std::move(again));
        }
        const run_metrics twice = measure(h.events);
        REQUIRE(twice.work == once.work);
        REQUIRE(twice.passes == 2);
    }
}
