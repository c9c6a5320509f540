// What is counted from the events of a run.

#include <riva/agents/metrics.hpp>

#include "catch.hpp"
#include "metrics_history.hpp"

#include <riva/agents/settings.hpp>

#include <utility>

using namespace riva;
using namespace std::chrono_literals;
using agents::measure;
using agents::run_metrics;
using riva::test::history;

namespace {

events::usage usage_of(std::int64_t calls, std::int64_t tokens) {
    events::usage all;
    all.calls = calls;
    all.input_tokens = tokens;
    all.by_tier["small"] = {calls, tokens, 0, 0, 0};
    return all;
}

/// One cycle of the root that is decided about like this, and what was found.
agents::decision_figures decided(
    const std::string& risk, const std::string& decision, double probability, verdict v, bool done
) {
    history h;
    h.start().begin("1").cycle("1", 1, risk, done).decide("1", 1, decision, probability);
    h.found("1", 1, v);
    const auto all = measure(h.events).work.decisions;
    REQUIRE(all.size() == 1);
    CHECK(all.begin()->first == risk);
    return all.begin()->second;
}

}  // namespace

TEST_CASE("metrics of nothing are nothing", "[metrics]") {
    const run_metrics none = measure({});
    CHECK(none == [] {
        run_metrics expected;
        expected.quality_tier = "unknown";
        return expected;
    }());
    CHECK(agents::average({}).size() == agents::figures_of({}).size());
    CHECK_FALSE(agents::average({}).front().value.has_value());
}

TEST_CASE("metrics count calls by tier, model and purpose, once", "[metrics]") {
    history h;
    h.start().begin("1").ask("1").answer("1").ask("1").answer("1").finish(
        "exhausted", usage_of(2, 200)
    );
    h.resume().begin("1").answer("1", true).answer("1", true).ask("1").answer("1");
    const run_metrics m = measure(h.events);
    const agents::call_figures expected{3, 300, 30, 21, 0, 1200ms};
    CHECK(m.work.calls.size() == 1);
    CHECK(m.work.calls.at({"small", "m", "riva_action"}) == expected);
    CHECK(m.intentions.front().work.all_calls() == expected);
    CHECK(m.passes == 2);
    CHECK(m.total == 1000ms + 5s);
    CHECK(m.quality_tier == "llm_success");
}

TEST_CASE("a call that was cancelled counts with what the run booked for it", "[metrics]") {
    history h;
    h.start().begin("1").ask("1").answer("1").ask("1").finish("cancelled", usage_of(2, 350));
    const run_metrics m = measure(h.events);
    CHECK(m.work.all_calls().calls == 2);
    CHECK(m.work.all_calls().input_tokens == 350);
    CHECK(m.work.all_calls().duration == 400ms + 1s);
    CHECK_FALSE(m.first_try.has_value());
}

TEST_CASE("a call under way at a kill counts once, at an unknown cost", "[metrics]") {
    history h;
    h.start().begin("1").ask("1").answer("1").ask("1");
    const run_metrics killed = measure(h.events);
    h.resume().begin("1").answer("1", true).ask("1").answer("1").finish(
        "verified", usage_of(3, 200)
    );
    const run_metrics m = measure(h.events);
    CHECK(killed.work.all_calls().calls == 2);
    CHECK(killed.work.all_calls().unpriced_calls == 1);
    CHECK(killed.outcome.empty());
    CHECK(m.work.all_calls().calls == 3);
    CHECK(m.work.all_calls().input_tokens == 200);
    CHECK(m.total == 4s + 1000ms);
}

TEST_CASE("a change that is written after the death of its run adds only that pass", "[metrics]") {
    events::run_result promised;
    promised.outcome = "verified";
    promised.usage = usage_of(2, 350);
    promised.wall_ms = 3000;
    history h;
    h.start().begin("1").ask("1").answer("1").ask("1");  // which is cancelled
    h.add(events::workspace_diff{});
    h.add(events::effect_prepared{"e", "1", "apply", {}, promised});
    const bool by_apply = GENERATE(false, true);
    CAPTURE(by_apply);
    if (by_apply) {
        h.add(events::effect_applied{"e"});
        h.events.back().time += std::chrono::hours(24);
    }
    const run_metrics killed = measure(h.events);
    CHECK(killed.total == 5s);
    CHECK(killed.work.all_calls().calls == 2);
    h.resume().add(events::workspace_diff{});
    promised.wall_ms = 40;
    h.add(promised);
    const run_metrics m = measure(h.events);
    CHECK(m.total == 5s + 40ms);
    CHECK(m.passes == 2);
    CHECK(m.outcome == "verified");
    CHECK(m.first_try == true);
    CHECK(m.work == killed.work);
    CHECK(m.work.all_calls().input_tokens == 350);
    CHECK(m.work.all_calls().unpriced_calls == 0);
    CHECK(m.work.all_calls().duration == 400ms + 2s);
}

TEST_CASE("metrics tell what was verified, audited and skipped, and what came of it", "[metrics]") {
    using agents::decision_figures;
    decision_figures f = decided("low", "verify", 1, verdict::pass, false);
    CHECK((f.verified == 1 && f.skippable == 1 && f.audited == 0));
    f = decided("low", "verify", 1, verdict::pass, true);
    CHECK((f.verified == 1 && f.skippable == 0));
    f = decided("high", "verify", 1, verdict::fail, false);
    CHECK((f.verified == 1 && f.failed == 1 && f.caught == 0 && f.skippable == 0));
    f = decided("low", "defer", 0.25, verdict::fail, false);
    CHECK((f.verified == 1 && f.deferred == 1 && f.audited == 1 && f.caught == 1));
    f = decided("low", "audit", 0.25, verdict::pass, false);
    CHECK((f.audited == 1 && f.caught == 0 && f.skippable == 0));
    f = decided("low", "skip", 0.25, verdict::pass, false);
    CHECK((f.skipped == 1 && f.verified == 0 && f.escaped == 0));
    f = decided("low", "skip", 0.25, verdict::fail, false);
    CHECK((f.skipped == 1 && f.escaped == 1 && f.failed == 0));
}

TEST_CASE("an escape that is told twice is one", "[metrics]") {
    history h;
    h.start().begin("1").cycle("1", 1, "low", false).decide("1", 1, "skip", 0.5);
    h.found("1", 1, verdict::fail).add(events::trust_changed{"1", 1, "low", "p", 0, "escape"});
    CHECK(measure(h.events).work.all_decisions().escaped == 1);
}

TEST_CASE("an escape that only the first pass tells counts in all of them", "[metrics]") {
    history h;
    h.start().begin("1").cycle("1", 1, "low", false).decide("1", 1, "skip", 0.5);
    h.add(events::trust_changed{"1", 1, "low", "p", 0, "escape"});
    for (int pass = 2; pass < 4; ++pass) {
        h.resume().begin("1").cycle("1", 1, "low", false).decide("1", 1, "skip", 0.5);
        h.cycle("1", 2, "low", false).decide("1", 2, "skip", 0.5);
        const auto decided = measure(h.events).work.all_decisions();
        CHECK(decided.skipped == 2);
        CHECK(decided.escaped == 1);
    }
}

TEST_CASE("the first attempt and the first try are told apart", "[metrics]") {
    history right;
    right.start().begin("1").cycle("1", 1, "low").finish("verified");
    CHECK(measure(right.events).first_attempt == true);
    CHECK(measure(right.events).first_try == true);

    history second;
    second.start().begin("1").cycle("1", 1, "low").roll_back("1", 1).cycle("1", 2, "low");
    second.finish("verified");
    CHECK(measure(second.events).first_attempt == false);
    CHECK(measure(second.events).first_try == true);
    CHECK(measure(second.events).work.retries == 1);

    history failed;
    failed.start().begin("1").cycle("1", 1, "low").roll_back("1", 1).finish("failed");
    CHECK(measure(failed.events).first_try == false);
    failed.resume().begin("1").cycle("1", 1, "low").finish("verified");
    CHECK(measure(failed.events).first_try == false);

    history stopped;
    stopped.start().begin("1").finish("exhausted").resume().begin("1").cycle("1", 1, "low");
    stopped.finish("verified");
    CHECK(measure(stopped.events).first_try == true);
    CHECK(measure(stopped.events).first_attempt == true);
}

TEST_CASE("a whole that its parts did not make right was not right at first", "[metrics]") {
    history h;
    h.start().begin("1", 0.2).add(events::intention_decomposed{"1", "parts", {}});
    h.begin("1.1", 0.1).cycle("1.1", 1, "low").end("1.1", intention_status::verified);
    history mended = h;
    h.finish("verified");
    mended.cycle("1", 1, "low").finish("verified");
    CHECK(measure(h.events).first_attempt == true);
    CHECK(measure(mended.events).first_attempt == false);
    const run_metrics m = measure(h.events);
    CHECK(m.depth == 1);
    CHECK(m.work.decompositions == 1);
    CHECK(m.work.skippable_decompositions == 1);
    REQUIRE(m.intentions.size() == 2);
    CHECK(m.intentions[1].status == intention_status::verified);
    for (const auto& each : agents::figures_of(m))
        if (each.name == "decomposed_simple") CHECK(each.value == 0.5);
}

TEST_CASE("an answer that could not be used is a cycle that failed", "[metrics]") {
    history h;
    h.start().begin("1");
    events::model_ended lost;
    lost.intention = "1";
    lost.purpose = "riva_action";
    lost.unusable = true;
    lost.error = "no JSON";
    h.add(lost).cycle("1", 2, "low").finish("verified");
    const run_metrics m = measure(h.events);
    CHECK(m.work.cycles == 2);
    CHECK(m.work.retries == 1);
    CHECK(m.first_attempt == false);
    CHECK(m.quality_tier == "heuristic_fallback");
}

TEST_CASE("a run that goes on shows what the pass saw that got further", "[metrics]") {
    history h;
    h.start().begin("1").cycle("1", 1, "low", false).decide("1", 1, "verify", 1);
    h.cycle("1", 2, "low", false).decide("1", 2, "skip", 0.5).finish("exhausted");
    h.resume().begin("1").cycle("1", 1, "low", false).finish("cancelled");
    const run_metrics m = measure(h.events);
    CHECK(m.work.cycles == 2);
    CHECK(m.work.all_decisions().verified == 1);
    CHECK(m.work.all_decisions().skipped == 1);
}

TEST_CASE("strategies are told from the settings that were recorded", "[metrics]") {
    run_metrics run;
    agents::settings s;
    for (const char* all : {"baseline", "optimized"}) {
        REQUIRE(agents::set(s, "strategies", all).has_value());
        run.settings = s.describe();
        CHECK(agents::strategies_of(run) == all);
    }
    REQUIRE(agents::set(s, "verify.batch", "baseline").has_value());
    run.settings = s.describe();
    CHECK(agents::strategies_of(run) == "mixed");
}
