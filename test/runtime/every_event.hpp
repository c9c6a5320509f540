#pragma once

#include <riva/runtime/event.hpp>

#include <string>
#include <vector>

namespace riva::test {

/// One body of every event type, in the order of `events::body`, no member left at its default.
std::vector<events::body> every_event_body();

/// The same as the record of a run: numbered from 1, a second apart.
std::vector<event> every_event(const std::string& run);

}  // namespace riva::test
