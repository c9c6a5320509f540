#pragma once

#include <riva/runtime/event.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace riva::test {

/// Events one after the other, a second apart.
struct history {
    std::vector<event> events;

    history& add(events::body body) {
        event e;
        e.seq = events.size() + 1;
        e.time += std::chrono::seconds(events.size());
        e.run = "r";
        e.body = std::move(body);
        events.push_back(std::move(e));
        return *this;
    }

    history& start() {
        events::run_started e;
        e.task = "t";
        return add(std::move(e));
    }
    history& begin(std::string intention, std::optional<double> complexity = {}) {
        const int depth = static_cast<int>(std::ranges::count(intention, '.'));
        events::intention_started start{std::move(intention), "what", "", depth};
        if (complexity) start.complexity.emplace().score = *complexity;
        return add(std::move(start));
    }
    history& end(std::string intention, intention_status status) {
        return add(events::intention_ended{std::move(intention), status, {}, "", 1});
    }
    history& ask(std::string intention) {
        events::model_started e;
        e.intention = std::move(intention);
        e.purpose = "riva_action";
        e.tier = "small";
        e.model = "m";
        return add(std::move(e));
    }
    history& answer(std::string intention, bool recorded = false) {
        events::model_ended e;
        e.intention = std::move(intention);
        e.purpose = "riva_action";
        e.tier = "small";
        e.model = "m";
        e.input_tokens = 100;
        e.output_tokens = 10;
        e.micro_usd = 7;
        e.duration_ms = 400;
        e.recorded = recorded;
        return add(std::move(e));
    }
    history& cycle(std::string intention, int number, std::string risk, bool done = true) {
        add(events::action_proposed{intention, number, "", create_file{"a.py", ""}, "", done});
        return add(
            events::action_gated{std::move(intention), number, std::move(risk), {}, "run", ""}
        );
    }
    history& decide(std::string intention, int cycle, std::string decision, double probability) {
        return add(events::verify_decided{
            std::move(intention), cycle, std::move(decision), probability, ""
        });
    }
    history& found(std::string intention, int cycle, verdict v) {
        return add(events::verify_ended{std::move(intention), cycle, v, 1, ""});
    }
    history& roll_back(std::string intention, int cycle) {
        return add(events::action_rolled_back{std::move(intention), cycle, "", {}});
    }
    history& finish(std::string outcome, events::usage spent = {}) {
        events::run_result e;
        e.outcome = std::move(outcome);
        e.usage = std::move(spent);
        e.wall_ms = 1000;
        return add(std::move(e));
    }
    history& resume() {
        events::run_resumed e;
        e.after = events.size();
        return add(std::move(e));
    }
};

}  // namespace riva::test
