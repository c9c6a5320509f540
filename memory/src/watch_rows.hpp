#pragma once

#include "entry_rows.hpp"

#include <riva/memory/watched_change.hpp>

#include <SQLiteCpp/Database.h>

#include <string>
#include <vector>

namespace riva::memory {

/// The watches of a project, the oldest first.
std::vector<watched_change> load_watches(SQLite::Database& from, const stored_project& project);

void insert_watch(
    SQLite::Database& to,
    const stored_project& project,
    const watched_change& what,
    memory_time applied
);
/// Without effect if there is none.
void delete_watch(SQLite::Database& from, const stored_project& project, const std::string& run);

/// Ends the watch on a file, and the whole watch with its last file. False: there was none.
bool end_watch(
    SQLite::Database& in, const stored_project& project, std::int64_t watch, const std::string& path
);

/// Ends the watches on a file of all changes.
void end_watches(SQLite::Database& in, const stored_project& project, const std::string& path);

/// Keeps the latest `most`.
void drop_old_watches(SQLite::Database& in, const stored_project& project, std::int64_t most);

}  // namespace riva::memory
