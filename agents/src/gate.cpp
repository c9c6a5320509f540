#include "gate.hpp"

#include "recorded_pass.hpp"
#include "what_if.hpp"

namespace riva::agents {
namespace {

std::string join(const std::vector<std::string>& words) {
    std::string all;
    for (const auto& word : words) all += (all.empty() ? "" : ", ") + word;
    return all;
}

std::string refusal(const verify::risk& found) {
    return "The command was not run: its risk is " + std::string(to_string(found.level)) + " (" +
           join(found.factors) +
           "). Reach the goal with file actions, or with a command that stays inside the "
           "repository.";
}

/// `run`, `denied` or `ask`.
std::string rule_for(const action& what, verify::risk_level risk, approval rule) {
    if (!std::holds_alternative<run_command>(what)) return "run";
    if (risk == verify::risk_level::high) return rule == approval::ask ? "ask" : "denied";
    if (risk == verify::risk_level::medium && rule == approval::never) return "denied";
    return "run";
}

void tell_other_rule(
    const run_context& run, const intention& of, const action& what, verify::risk_level risk
) {
    const std::string recorded = rule_for(what, risk, run.options.approve);
    const std::string now = rule_for(what, risk, run.other->options.approve);
    run.other->compare({run.again->next_seq(of.id), of.id, "gate", recorded, now, now == "denied"});
}

}  // namespace

asio::awaitable<gate_decision> pass_gate(
    run_context& run, const intention& of, int cycle, action what
) {
    const verify::risk found = verify::assess_risk(what);
    const std::string rule = rule_for(what, found.level, run.options.approve);
    if (run.other != nullptr) tell_other_rule(run, of, what, found.level);
    const bool asked = rule == "ask";
    const bool allowed =
        rule == "run" || (asked && co_await run.decide->approve_action(of, what, found));

    gate_decision decision{allowed, allowed ? "" : refusal(found), found};
    events::action_gated event{
        of.id, cycle, std::string(to_string(found.level)), found.factors, "run", decision.why
    };
    if (!allowed) event.decision = "denied";
    if (allowed && asked) event.decision = "approved";
    co_await run.emit(std::move(event));
    co_return decision;
}

}  // namespace riva::agents
