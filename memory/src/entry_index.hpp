#pragma once

#include "entry_rows.hpp"

#include <SQLiteCpp/Database.h>

#include <vector>

namespace riva::memory {

/// Lets an entry be found by its words and paths.
void index_entry(SQLite::Database& in, const stored_project& project, const project_entry& what);
void unindex_entry(SQLite::Database& in, std::int64_t id);

/// As `project_memory::recall`. Throws as `load_entry`.
std::vector<project_entry> search(
    SQLite::Database& in, const stored_project& project, const recall_query& about
);

/// What `search` asks the database; for tests that look at the plans.
namespace entry_queries {
extern const char* const count_matches;
extern const char* const rank_matches;
extern const char* const latest_matches;
extern const char* const of_all_files;
}  // namespace entry_queries

}  // namespace riva::memory
