// What is counted of real runs.

#include "catch.hpp"
#include "world.hpp"

#include <riva/agents/metrics.hpp>

#include <algorithm>

using namespace riva;
using agents::measure;
using agents::run_metrics;
using riva::test::have_sandbox;
using riva::test::plan;
using riva::test::planned;
using riva::test::propose;
using riva::test::rule_about;
using riva::test::rule_for_plans;
using riva::test::script_of;
using riva::test::script_of_rules;
using riva::test::world;

namespace {

run_metrics metrics_of(world& w, const result<agents::report>& ended) {
    return measure(w.recorded(ended.value().run));
}

/// The sums that the run itself kept.
void check_against(const run_metrics& m, const events::run_result& r) {
    const auto calls = m.work.all_calls();
    const auto decided = m.work.all_decisions();
    const auto checks = m.work.all_checks();
    CHECK(m.outcome == r.outcome);
    CHECK(calls.calls == r.usage.calls);
    CHECK(calls.input_tokens == r.usage.input_tokens);
    CHECK(calls.output_tokens == r.usage.output_tokens);
    CHECK(calls.micro_usd == r.usage.micro_usd);
    CHECK(calls.unpriced_calls == r.usage.unpriced_calls);
    CHECK(decided.skipped == r.verification.skipped);
    CHECK(decided.audited == r.verification.audited);
    CHECK(decided.batched == r.verification.batched);
    // A complaint is looked for in the tree before the change too, which is a check as well.
    CHECK(checks.performed >= r.verification.performed);
    CHECK(checks.failed >= r.verification.caught);
    CHECK(m.work.decompositions == r.decompositions);
    CHECK(m.depth == r.depth);
    CHECK(m.first_try.value_or(false) == r.first_try);
}

/// Without what differs from run to run.
agents::work_figures without_times(agents::work_figures w) {
    w.verification = w.execution = {};
    for (auto& [kind, calls] : w.calls) calls.duration = {};
    return w;
}

std::string three_steps() {
    return script_of_rules({
        rule_about("Attempt 2", {propose(create_file{"c.py", "c = 1\n"})}),
        rule_about("Attempt 1", {propose(create_file{"b.py", "b = 1\n"}, false)}),
        rule_about("", {propose(create_file{"a.py", "a = 1\n"}, false)}),
    });
}

}  // namespace

TEST_CASE("the metrics of a run agree with what it said itself", "[metrics]") {
    if (!have_sandbox()) return;
    world w(script_of(
        {propose(create_file{"a.py", "def f(:\n"}, false),
         propose(create_file{"b.py", "b = 1\n"}, false),
         propose(create_file{"a.py", "a = 2\n"}),
         propose(create_file{"a.py", "a = 1\n"})}
    ));
    const auto ended = w.run(w.task("write a and b", {"python3 -c 'import a; assert a.a == 1'"}));
    REQUIRE(ended.value().result.outcome == "verified");
    const run_metrics m = metrics_of(w, ended);
    check_against(m, ended->result);
    CHECK(m.first_attempt == false);
    CHECK(m.first_try == true);
    CHECK(m.work.retries > 0);
    CHECK(m.work.cycles == static_cast<std::int64_t>(w.seen<events::action_proposed>().size()));
    CHECK(m.work.checks.at("syntax").failed > 0);
    CHECK(m.work.checks.at("behavioural").performed > 0);
    CHECK(m.work.verification.count() > 0);
    CHECK(m.work.all_calls().duration <= m.total);
    CHECK(m.quality == "basic");
    REQUIRE(m.intentions.size() == 1);
    CHECK(m.intentions[0].status == intention_status::verified);
}

TEST_CASE("the metrics of a run with parts tell what each of them took", "[metrics]") {
    if (!have_sandbox()) return;
    const std::vector<planned> parts{
        {"write the first file", "test -f a.txt", {}},
        {"write the second file", "test -f b.txt", {}}
    };
    world w(script_of_rules(
        {rule_about("write the first file", {propose(create_file{"a.txt", "a\n"})}),
         rule_about("write the second file", {propose(create_file{"b.txt", "b\n"})}),
         rule_about("", {propose(create_file{"wrong.txt", "\n"})}),
         rule_for_plans(plan(parts))}
    ));
    const auto ended = w.run(w.task("write two files", {"cat a.txt b.txt"}));
    REQUIRE(ended.value().result.outcome == "verified");
    const run_metrics m = metrics_of(w, ended);
    check_against(m, ended->result);
    REQUIRE(m.intentions.size() == 3);
    CHECK(m.depth == 1);
    CHECK(m.work.decompositions == 1);
    // The whole says too little about itself to tell.
    CHECK_FALSE(m.intentions[0].complexity.has_value());
    CHECK(m.intentions[1].simple());
    CHECK(m.intentions[2].simple());
    const auto purposes = [&](const std::string& purpose) {
        return std::ranges::any_of(m.work.calls, [&](const auto& each) {
            return each.first.purpose == purpose;
        });
    };
    CHECK(purposes("riva_action"));
    CHECK(purposes("riva_decomposition"));
}

TEST_CASE("a resumed run has the metrics of one that was never stopped", "[metrics][resume]") {
    if (!have_sandbox()) return;
    const std::string check = "cat a.py b.py c.py";
    world whole(three_steps());
    const auto expected = whole.run(whole.task("write the files", {check}));
    REQUIRE(expected.value().result.outcome == "verified");

    world w(three_steps());
    w.settings.spending.calls = 2;
    const auto stopped = w.run(w.task("write the files", {check}));
    REQUIRE(stopped.value().result.outcome == "exhausted");
    const auto ended = w.resume({stopped->run, {{"max_calls", "9"}}, false});
    REQUIRE(ended.value().result.outcome == "verified");

    const run_metrics once = metrics_of(whole, expected), twice = metrics_of(w, ended);
    CHECK(twice.passes == 2);
    CHECK(twice.first_try == true);
    CHECK(twice.first_attempt == true);
    CHECK(twice.work.all_calls().calls == ended->result.usage.calls);
    auto a = without_times(once.work), b = without_times(twice.work);
    // Each has a server of its own, by which the model is named.
    const auto all_a = a.all_calls(), all_b = b.all_calls();
    a.calls.clear();
    b.calls.clear();
    CHECK(all_a == all_b);
    CHECK(a == b);
}

TEST_CASE(
    "a run that failed and then went on was not right at the first try", "[metrics][resume]"
) {
    if (!have_sandbox()) return;
    world w(script_of({propose(create_file{"a.txt", "no\n"}), propose(create_file{"a.txt", "a\n"})})
    );
    w.settings.max_cycles = 1;
    w.settings.max_depth = 0;
    const auto failed = w.run(w.task("write a", {"grep -q a a.txt"}));
    REQUIRE(failed.value().result.outcome == "failed");
    CHECK_FALSE(failed->result.first_try);
    const auto ended = w.resume({failed->run, {{"max_cycles", "3"}}, false});
    REQUIRE(ended.value().result.outcome == "verified");
    CHECK_FALSE(ended->result.first_try);
    check_against(metrics_of(w, ended), ended->result);
}
