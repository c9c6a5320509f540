#pragma once

#include "entry_rows.hpp"

#include <optional>

namespace riva::memory {

/// As `project_memory::add`. Throws as `load_entry`.
project_entry remember(
    SQLite::Database& in, stored_project& project, const new_entry& what, memory_time now
);

/// Remembers the pattern that follows from a correction, once two runs share it. Throws as
/// `load_entry`.
std::optional<project_entry> remember_pattern(
    SQLite::Database& in,
    stored_project& project,
    const project_entry& correction,
    const new_entry& what,
    memory_time now
);

}  // namespace riva::memory
