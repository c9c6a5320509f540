#pragma once

#include "program.hpp"

#include <riva/runtime/event.hpp>

#include <string>
#include <vector>

namespace riva::test {

/// The runs in the state folder, the newest first.
std::vector<std::string> runs_in(const installation& i);
/// What the journal holds. Throws if its chain is broken.
std::vector<event> recorded_in(const installation& i, const std::string& run);

}  // namespace riva::test
