#pragma once

#include <riva/runtime/verification_events.hpp>

namespace riva::event_members {

template <class A>
void members(A& a, events::check_started& v) {
    a("intention", v.intention);
    a("check", v.check);
    a("layer", v.layer);
    a.added("round", v.round);
}

template <class A>
void members(A& a, events::check_ended& v) {
    a("intention", v.intention);
    a("evidence", v.evidence);
    a.added("round", v.round);
}

template <class A>
void members(A& a, events::trust_account& v) {
    a("theta", v.theta);
    a("charged", v.charged);
}

template <class A>
void members(A& a, events::trust_basis& v) {
    a("risk", v.risk);
    a("pattern", v.pattern);
    a("required", v.required);
    a("draw", v.draw);
    a("ticket", v.ticket);
    a("delivered", v.delivered);
    a("skipped", v.skipped);
    a("audited", v.audited);
    a("caught", v.caught);
    a("recovering", v.recovering);
    a("clean", v.clean);
    a("accounts", v.accounts);
    a("points", v.points);
    a("points_delivered", v.points_delivered);
    a("points_skipped", v.points_skipped);
    a("points_caught", v.points_caught);
    a("bound", v.bound);
    a("allowance", v.allowance);
}

template <class A>
void members(A& a, events::pattern_basis& v) {
    a("pattern", v.pattern);
    a("attempts", v.attempts);
    a("passed", v.passed);
    a("failed", v.failed);
    a("failed_last", v.failed_last);
    a("bound", v.bound);
    a("advice", v.advice);
}

template <class A>
void members(A& a, events::verify_decided& v) {
    a("intention", v.intention);
    a("cycle", v.cycle);
    a("decision", v.decision);
    a("probability", v.probability);
    a("reason", v.reason);
    a.added("trust", v.trust);
    a.added("pattern", v.pattern);
}

template <class A>
void members(A& a, events::verify_ended& v) {
    a("intention", v.intention);
    a("cycle", v.cycle);
    a("result", v.result);
    a("batch", v.batch);
    a("reason", v.reason);
}

template <class A>
void members(A& a, events::trust_changed& v) {
    a("intention", v.intention);
    a("cycle", v.cycle);
    a("risk", v.risk);
    a("pattern", v.pattern);
    a("ticket", v.ticket);
    a("outcome", v.outcome);
}

template <class A>
void members(A& a, events::canary_finding& v) {
    a("check", v.check);
    a("result", v.result);
}

template <class A>
void members(A& a, events::verify_canary& v) {
    a("intention", v.intention);
    a("path", v.path);
    a("line", v.line);
    a("mutation", v.mutation);
    a("outcome", v.outcome);
    a("checks", v.checks);
}

}  // namespace riva::event_members
