#pragma once

#include <riva/runtime/work_events.hpp>

namespace riva::event_members {

template <class A>
void members(A& a, events::assessment& v) {
    a("score", v.score);
    a("ambiguous", v.ambiguous);
    a("decompose_first", v.decompose_first);
    a("confidence", v.confidence);
    a("reason", v.reason);
}

template <class A>
void members(A& a, events::intention_started& v) {
    a("intention", v.intention);
    a("what", v.what);
    a("acceptance", v.acceptance);
    a("depth", v.depth);
    a.added("complexity", v.complexity);
}

template <class A>
void members(A& a, events::planned_child& v) {
    a("intention", v.intention);
    a("what", v.what);
    a("acceptance", v.acceptance);
    a("paths", v.paths);
    a("needs", v.needs);
}

template <class A>
void members(A& a, events::intention_decomposed& v) {
    a("intention", v.intention);
    a("reason", v.reason);
    a("children", v.children);
}

template <class A>
void members(A& a, events::intention_ended& v) {
    a("intention", v.intention);
    a("status", v.status);
    a("grade", v.grade);
    a("reason", v.reason);
    a("cycles", v.cycles);
}

template <class A>
void members(A& a, events::action_proposed& v) {
    a("intention", v.intention);
    a("cycle", v.cycle);
    a("thought", v.thought);
    a("action", v.action);
    a("expectation", v.expectation);
    a("done", v.done);
}

template <class A>
void members(A& a, events::action_gated& v) {
    a("intention", v.intention);
    a("cycle", v.cycle);
    a("risk", v.risk);
    a("factors", v.factors);
    a("decision", v.decision);
    a("reason", v.reason);
}

template <class A>
void members(A& a, events::action_executed& v) {
    a("intention", v.intention);
    a("cycle", v.cycle);
    a("outcome", v.outcome);
    a("error", v.error);
}

template <class A>
void members(A& a, events::action_rolled_back& v) {
    a("intention", v.intention);
    a("cycle", v.cycle);
    a("reason", v.reason);
    a("files", v.files);
}

}  // namespace riva::event_members
