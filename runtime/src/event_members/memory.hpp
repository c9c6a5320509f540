#pragma once

#include <riva/runtime/memory_events.hpp>

namespace riva::event_members {

template <class A>
void members(A& a, events::remembered& v) {
    a("id", v.id);
    a("kind", v.kind);
    a("by", v.by);
    a("text", v.text);
    a("paths", v.paths);
    a("count", v.count);
}

template <class A>
void members(A& a, events::memory_recorded& v) {
    a("entry", v.entry);
    a("source", v.source);
}

template <class A>
void members(A& a, events::memory_shown& v) {
    a("intention", v.intention);
    a("entries", v.entries);
}

}  // namespace riva::event_members
