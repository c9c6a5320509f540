#include "gate.hpp"

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

}  // namespace

asio::awaitable<gate_decision> pass_gate(
    run_context& run, const intention& of, int cycle, action what
) {
    const verify::risk found = verify::assess_risk(what);
    const bool is_command = std::holds_alternative<run_command>(what);
    const approval rule = run.options.approve;

    bool asked = false;
    bool allowed = true;
    if (is_command && found.level == verify::risk_level::high) {
        asked = rule == approval::ask;
        allowed = asked && co_await run.decide->approve_action(of, what, found);
    } else if (is_command && found.level == verify::risk_level::medium) {
        allowed = rule != approval::never;
    }

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
