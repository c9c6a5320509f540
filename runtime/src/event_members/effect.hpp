#pragma once

#include <riva/runtime/effect_events.hpp>

namespace riva::event_members {

template <class A>
void members(A& a, events::effect_prepared& v) {
    a("effect", v.effect);
    a("intention", v.intention);
    a("kind", v.kind);
    a("files", v.files);
    a("result", v.result);
}

template <class A>
void members(A& a, events::effect_applied& v) {
    a("effect", v.effect);
}

template <class A>
void members(A& a, events::effect_undone& v) {
    a("effect", v.effect);
    a("reason", v.reason);
}

}  // namespace riva::event_members
