#include "plan_verification.hpp"

#include "action_pattern.hpp"
#include "pattern_memory.hpp"
#include "recorded_pass.hpp"
#include "trust_record.hpp"
#include "what_if.hpp"

#include <riva/verify/batch.hpp>

#include <algorithm>
#include <utility>

namespace riva::agents {
namespace {

/// How many changes are worth verifying at once, where the last is of a pattern like this.
std::size_t batch_size(
    const run_context& run, const settings& options, const verify::pattern_standing& last
) {
    if (options.batch == strategy::baseline) return 1;
    double rate = run.verified_changes.rate();
    if (last.advice == verify::pattern_advice::proven) rate = std::min(rate, 1 - last.mean);
    return verify::best_batch_size(rate, options.batch_most);
}

std::size_t waiting(const work_item& item) {
    return static_cast<std::size_t>(std::ranges::count_if(
        item.unverified, [](const deferred_change& change) { return change.decision.verified(); }
    ));
}

bool is_judged(const settings& options, const verify::risk& risk) {
    switch (options.judge) {
        case judging::off: return false;
        case judging::automatic:
            return std::ranges::find(risk.layers, layer::intent) != risk.layers.end();
        case judging::always: return true;
    }
    return false;
}

std::string_view name_of(const verification_plan& plan) {
    if (plan.skipped()) return "skip";
    if (!plan.now) return "defer";
    return plan.trust.choice == verify::trust_choice::audit ? "audit" : "verify";
}

asio::awaitable<verify::trust_decision> ask_trust(
    work_item& item, std::string pattern, verify::risk_level risk, bool required
) {
    const verify::trust_settings& how = item.run.options.trust;
    if (how.mode == verify::trust_mode::off) co_return verify::trust_decision{};
    verify::trust_action about{risk, std::move(pattern), required};
    // A coin that was thrown for this cycle in an earlier pass is not thrown again.
    const auto* recorded = item.run.find_decision(item.it.id, item.steps);
    if (recorded != nullptr && recorded->trust) {
        const auto made = decision_from(*recorded->trust, how);
        if (made && made->action == about) co_return *made;
    }
    if (item.run.again != nullptr)
        co_return verify::trust_decision{
            .reason = verify::trust_reason::state_unavailable, .action = about
        };
    co_return co_await item.run.trust->decide(std::move(about));
}

/// What is known of a change when it is decided whether and when it is verified.
struct change_facts {
    const verify::risk& risk;
    verify::pattern_standing standing;
    bool completes = false;

    bool wary() const { return standing.advice == verify::pattern_advice::wary; }
    bool required() const { return completes || wary(); }
};

/// When and how thoroughly, once it is known whether.
void complete_plan(
    verification_plan& plan,
    const work_item& item,
    const settings& options,
    const change_facts& about
) {
    const auto& layers = about.risk.layers;
    const bool together =
        about.risk.may_batch && waiting(item) + 1 < batch_size(item.run, options, about.standing);
    plan.now = about.required() || (!plan.skipped() && !together);
    plan.semantic = options.by_risk == strategy::baseline ||
                    std::ranges::find(layers, layer::semantic) != layers.end();
    plan.judged = is_judged(options, about.risk);
}

std::string describe(const verification_plan& plan) {
    std::string text(name_of(plan));
    if (plan.skipped()) return text;
    if (!plan.semantic) text += ", syntax only";
    if (plan.judged) text += ", with a judge";
    return text;
}

/// What other settings make of the same state, seen by the same coin.
void tell_other_plan(const work_item& item, const verification_plan& recorded, change_facts about) {
    const settings& options = item.run.other->options;
    changed_decision made{
        item.run.again->next_seq(item.it.id), item.it.id, "verification", describe(recorded), {}
    };
    if (!options.memory || options.pattern_memory == strategy::baseline) about.standing = {};
    verification_plan plan;
    const auto* known = item.run.find_decision(item.it.id, item.steps);
    if (options.trust.mode != verify::trust_mode::off) {
        std::optional<verify::trust_decision> again;
        if (known != nullptr && known->trust) {
            events::trust_basis basis = *known->trust;
            basis.required = about.required();
            again = decision_from(basis, options.trust);
        }
        if (again)
            plan.trust = *again;
        else
            made.now = "whatever the trust of that time had said";
    }
    complete_plan(plan, item, options, about);
    if (made.now.empty()) made.now = describe(plan);
    // What was verified tells what a skipped change was worth, not the other way round.
    made.answerable = plan.skipped() && !recorded.skipped();
    item.run.other->compare(std::move(made));
}

/// A skipped change has no ticket that could be closed, so the journal says whether an earlier pass
/// has booked that it was wrong. Where its process was killed between booking and saying so, it is
/// booked twice: a failure too many makes trust smaller, one too few would make it too large.
bool is_known_escape(const run_context& run, const events::trust_changed& escape) {
    // Points are of this pass alone, which has not lost them yet.
    if (run.options.trust.mode == verify::trust_mode::heuristic) return false;
    const auto attempt = run.attempts.find(escape.intention);
    return run.earlier.has_told(escape, attempt == run.attempts.end() ? 1 : attempt->second);
}

void count(events::verification_counts& counts, const verify::trust_decision& made) {
    if (made.choice == verify::trust_choice::skip) ++counts.skipped;
    if (made.choice == verify::trust_choice::audit) ++counts.audited;
}

}  // namespace

asio::awaitable<verification_plan> plan_verification(
    work_item& item, const action& what, const verify::risk& risk, bool completes
) {
    verification_plan plan;
    plan.pattern = pattern_of(what, item.proposed_by);
    const auto known = co_await recall_pattern(item, plan.pattern);
    const auto outcomes = known ? outcomes_in(*known) : verify::pattern_outcomes{};
    const change_facts about{risk, verify::assess_pattern(outcomes), completes};
    plan.trust = co_await ask_trust(item, plan.pattern, risk.level, about.required());
    // Others at work may change what follows.
    if (item.run.again != nullptr) co_await item.run.again->wait_for_turn(item.it.id);
    complete_plan(plan, item, item.run.options, about);
    if (item.run.other != nullptr) tell_other_plan(item, plan, about);
    count(item.run.result.verification, plan.trust);

    events::verify_decided event{
        item.it.id,
        item.steps,
        std::string(name_of(plan)),
        plan.trust.probability,
        about.wary() && !completes ? verify::explain(outcomes, about.standing)
                                   : verify::explain(plan.trust)
    };
    event.pattern = known;
    const bool computed = plan.trust.reason != verify::trust_reason::off &&
                          plan.trust.reason != verify::trust_reason::state_unavailable;
    if (computed) event.trust = record_of(plan.trust);
    co_await item.run.emit(std::move(event));
    co_return plan;
}

asio::awaitable<void> report_to_trust(
    work_item& item, int cycle, verify::trust_decision about, verdict outcome
) {
    events::trust_changed event{
        item.it.id,
        cycle,
        std::string(verify::to_string(about.action.risk)),
        about.action.pattern,
        about.ticket,
        std::string(to_string(outcome))
    };
    if (item.run.again != nullptr) {
        if (!about.verified()) event.outcome = "escape";
        if (item.run.again->next_as<events::trust_changed>(item.it.id) != nullptr)
            co_await item.run.emit(std::move(event));
        co_return;
    }
    error lost;
    if (about.verified()) {
        if (about.ticket == 0) co_return;
        const auto taken = co_await item.run.trust->report(about, outcome);
        if (taken && !*taken) co_return;
        if (!taken) lost = taken.error();
    } else {
        if (outcome != verdict::fail) co_return;
        event.outcome = "escape";
        if (is_known_escape(item.run, event)) co_return;
        const auto taken = co_await item.run.trust->report_escape(about.action);
        if (!taken) lost = taken.error();
    }
    if (lost.code)
        co_await item.run.emit(events::log{
            "warning", "What was verified could not be remembered: " + lost.context, item.it.id
        });
    else
        co_await item.run.emit(std::move(event));
}

}  // namespace riva::agents
