#pragma once

#include <riva/runtime/run_events.hpp>

namespace riva::event_members {

template <class A>
void members(A& a, events::run_started& v) {
    a("task", v.task);
    a("acceptance", v.acceptance);
    a("agent", v.agent);
    a("repository", v.repository);
    a("version", v.version);
    a("settings", v.settings);
    a.added("checks", v.checks);
    a.added("write", v.write);
    a.added("base", v.base);
    a.added("seed", v.seed);
}

template <class A>
void members(A& a, events::run_resumed& v) {
    a("after", v.after);
    a("version", v.version);
    a("settings", v.settings);
    a("write", v.write);
}

template <class A>
void members(A& a, events::workspace_diff& v) {
    a("files", v.files);
    a("diff", v.diff);
    a("applied", v.applied);
}

template <class A>
void members(A& a, events::log& v) {
    a("level", v.level);
    a("message", v.message);
    a.added("intention", v.intention);
}

template <class A>
void members(A& a, events::tier_usage& v) {
    a("calls", v.calls);
    a("input_tokens", v.input_tokens);
    a("output_tokens", v.output_tokens);
    a("micro_usd", v.micro_usd);
    a.added("unpriced_calls", v.unpriced_calls);
}

template <class A>
void members(A& a, events::usage& v) {
    a("calls", v.calls);
    a("input_tokens", v.input_tokens);
    a("output_tokens", v.output_tokens);
    a("micro_usd", v.micro_usd);
    a("by_tier", v.by_tier);
    a.added("unpriced_calls", v.unpriced_calls);
}

template <class A>
void members(A& a, events::verification_counts& v) {
    a("performed", v.performed);
    a("batched", v.batched);
    a("skipped", v.skipped);
    a("audited", v.audited);
    a("caught", v.caught);
    a("infra_errors", v.infra_errors);
    a.added("canaries", v.canaries);
    a.added("canaries_caught", v.canaries_caught);
}

template <class A>
void members(A& a, events::failure& v) {
    a("kind", v.kind);
    a("message", v.message);
    a("hint", v.hint);
}

template <class A>
void members(A& a, events::run_result& v) {
    a("outcome", v.outcome);
    a("grade", v.grade);
    a("quality", v.quality);
    a("files", v.files);
    a("usage", v.usage);
    a("verification", v.verification);
    a("decompositions", v.decompositions);
    a("depth", v.depth);
    a("first_try", v.first_try);
    a("wall_ms", v.wall_ms);
    a("error", v.error);
    a("resumable", v.resumable);
}

}  // namespace riva::event_members
