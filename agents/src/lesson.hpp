#pragma once

#include "user_edits.hpp"

#include <riva/memory/project_entry.hpp>
#include <riva/memory/watched_change.hpp>

#include <string>

namespace riva::agents {

/// What an edit of a file that riva had changed teaches: a correction, and the pattern that it is
/// once another run is corrected in the same way. Two edits are the same when they replace the same
/// words by the same words in files of the same extension.
memory::new_entry lesson_of(
    const memory::watched_change& change, const std::string& file, const user_edit& edit
);

/// What it teaches that a change is gone again: all of it, or that of one file (`file`).
memory::new_entry lesson_of_revert(
    const memory::watched_change& change, const std::string& file = {}
);

}  // namespace riva::agents
