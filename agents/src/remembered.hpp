#pragma once

#include <riva/memory/project_entry.hpp>
#include <riva/runtime/event.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace riva::agents {

/// An entry as events and prompts show it: its text cut to 1,000 bytes.
events::remembered shown_form(const memory::project_entry& entry);

/// Which entries a prompt shows, of those that are relevant, in that order: decisions first, then
/// patterns, then corrections; at most `budget` bytes of text and a few of each kind.
std::vector<events::remembered> choose_shown(
    const std::vector<memory::project_entry>& relevant, std::size_t budget
);

/// A part of a prompt: who said what, each line quoted, so that no text can pass for a part of the
/// prompt itself. Empty if there is nothing to show.
std::string describe_memory(const std::vector<events::remembered>& entries);

}  // namespace riva::agents
