#pragma once

#include <riva/memory/project_entry.hpp>

#include <SQLiteCpp/Database.h>

#include <optional>
#include <string>
#include <vector>

namespace riva::memory {

/// A project as the database knows it.
struct stored_project {
    std::int64_t number = 0;
    std::string path;
    std::int64_t entries = 0;  ///< how many there must be
};

std::optional<stored_project> find_project(SQLite::Database& in, const std::string& path);
stored_project find_or_add_project(SQLite::Database& in, const std::string& path);

// These throw `riva::exception` with `errc::corrupt` at a row that nobody has written.

std::optional<project_entry> load_entry(
    SQLite::Database& from, const stored_project& project, std::int64_t id
);
std::optional<project_entry> find_entry(
    SQLite::Database& in, const stored_project& project, entry_kind kind, const std::string& key
);
/// Those of the ids that there are, in the same order, without evidence.
std::vector<project_entry> load_entries(
    SQLite::Database& from, const stored_project& project, const std::vector<std::int64_t>& ids
);
/// All of them in order, without evidence; throws also when one is missing.
std::vector<project_entry> load_entries(SQLite::Database& from, const stored_project& project);
void load_evidence(SQLite::Database& from, project_entry& of);

/// Gives it an id.
void insert_entry(SQLite::Database& to, stored_project& project, project_entry& what);
void update_entry(SQLite::Database& in, const project_entry& what);
void add_evidence(
    SQLite::Database& to, std::int64_t entry, std::size_t position, const entry_evidence& what
);
void delete_entry(SQLite::Database& from, stored_project& project, std::int64_t id);

}  // namespace riva::memory
