#pragma once

#include <riva/runtime/model_events.hpp>

namespace riva::event_members {

template <class A>
void members(A& a, events::tier_standing& v) {
    a("tier", v.tier);
    a("attempts", v.attempts);
    a("lower", v.lower);
    a("mean", v.mean);
    a("upper", v.upper);
}

template <class A>
void members(A& a, events::model_started& v) {
    a("intention", v.intention);
    a("purpose", v.purpose);
    a("tier", v.tier);
    a("model", v.model);
    a("attempt", v.attempt);
    a.added("reason", v.reason);
    a.added("fallback_from", v.fallback_from);
    a.added("standings", v.standings);
}

template <class A>
void members(A& a, events::model_delta& v) {
    a("intention", v.intention);
    a("text", v.text);
}

template <class A>
void members(A& a, events::model_ended& v) {
    a("intention", v.intention);
    a("purpose", v.purpose);
    a("tier", v.tier);
    a("model", v.model);
    a("attempt", v.attempt);
    a("stop", v.stop);
    a("request", v.request);
    a("reply", v.reply);
    a("input_tokens", v.input_tokens);
    a("output_tokens", v.output_tokens);
    a("micro_usd", v.micro_usd);
    a("duration_ms", v.duration_ms);
    a("error", v.error);
    a.added("priced", v.priced);
    a.added("unusable", v.unusable);
    a.added("recorded", v.recorded);
    a.added("refused", v.refused);
    a.added("told", v.told);
}

}  // namespace riva::event_members
