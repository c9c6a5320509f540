#pragma once

#include <riva/llm/tier.hpp>
#include <riva/runtime/action.hpp>

#include <string>

namespace riva::agents {

/// What kind of action this is, so that what is learnt of some counts for others like it: its type,
/// the language, the part of the repository, the size, and the tier that proposed it, such as
/// `edit python source short medium`. Of a command: the program. Pure.
std::string pattern_of(const action& what, llm::tier by);

}  // namespace riva::agents
