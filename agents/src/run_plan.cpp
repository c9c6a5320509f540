#include "run_plan.hpp"

#include <riva/agents/error.hpp>

#include <utility>

namespace riva::agents {
namespace {

/// What the events say about a run beside its work.
struct run_facts {
    const events::run_started* started = nullptr;
    std::map<std::string, std::string> settings;
    std::string version;
    bool write = false;
    std::string diff;  // what is to be applied, as it was recorded
    bool applied = false;  // some of it, by somebody who did not wait for its end
    std::string outcome;  // of the last pass; empty: its process was killed
};

run_facts facts_of(const std::vector<event>& recorded) {
    run_facts f;
    for (const auto& e : recorded) {
        if (const auto* started = std::get_if<events::run_started>(&e.body)) {
            f.started = started;
            f.settings = started->settings;
            f.version = started->version;
            f.write = started->write;
        } else if (const auto* again = std::get_if<events::run_resumed>(&e.body)) {
            f.settings = again->settings;
            f.version = again->version;
            f.write = again->write;
            f.outcome.clear();
        } else if (const auto* change = std::get_if<events::workspace_diff>(&e.body)) {
            f.diff = change->diff;
        } else if (const auto* ended = std::get_if<events::run_result>(&e.body)) {
            f.outcome = ended->outcome;
        }
    }
    const auto effects = find_effects(recorded);
    const bool is_applied = effects.applied() || effects.open;
    f.applied = is_applied && !effects.is_unfinished_delivery();
    return f;
}

error refuse(const std::string& run, const std::string& why) {
    return {errc::not_resumable, "Run " + run + " cannot be resumed: " + why};
}

result<void> check_resumable(const run_facts& f, const resumption& how) {
    if (f.started == nullptr || f.started->base.empty())
        return refuse(
            how.run,
            "riva " + (f.version.empty() ? "of another version" : f.version) +
                " recorded it without what that needs; run the task again."
        );
    if (f.outcome.empty() && f.applied)
        return refuse(
            how.run,
            "its change is in the tree already, by riva apply; riva apply " + how.run +
                " --undo takes it back, and then it can be resumed."
        );
    if (f.outcome.empty() || is_resumable(f.outcome)) return {};
    if (f.outcome == "verified" || f.outcome == "unverified")
        return refuse(
            how.run, "it has ended, " + f.outcome + "; riva show " + how.run + " tells how."
        );
    // With other limits it may get further than it did.
    if (!how.changes.empty()) return {};
    return refuse(
        how.run,
        "it has " + std::string(f.outcome == "failed" ? "failed" : "been denied") +
            ", and would do so again; raise a limit such as --max-steps, or run the task again."
    );
}

}  // namespace

bool is_resumable(std::string_view outcome) {
    return outcome == "cancelled" || outcome == "exhausted" || outcome == "error";
}

bool is_result(std::string_view outcome) {
    return outcome == "verified" || outcome == "failed" || outcome == "unverified";
}

result<run_plan> plan_next_pass(
    const std::vector<event>& recorded, const resumption& how, const settings& own
) {
    const run_facts f = facts_of(recorded);
    if (const auto checked = check_resumable(f, how); !checked) return checked.error();
    auto options = restore(own, f.settings, how.changes);
    if (!options) return options.error();

    run_plan plan{{}, std::move(*options), earlier_pass(recorded), f.started->base};
    plan.kept = find_change_to_apply(recorded);
    plan.job.what = f.started->task;
    plan.job.acceptance = f.started->acceptance;
    plan.job.repository = f.started->repository;
    plan.job.checks = f.started->checks;
    plan.job.agent = f.started->agent;
    plan.job.run = how.run;
    plan.seed = f.started->seed;
    plan.job.write = f.write || how.write;
    const auto effects = find_effects(recorded);
    if (effects.is_unfinished_delivery())
        plan.delivery = {*effects.last, *effects.promised, effects.open, f.diff};
    return plan;
}

}  // namespace riva::agents
