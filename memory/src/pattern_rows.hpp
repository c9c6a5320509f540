#pragma once

#include <riva/memory/pattern_records.hpp>

#include <SQLiteCpp/Database.h>

#include <string>
#include <vector>

/// Patterns as rows of the database. All of these throw what SQLite throws, and run in the
/// transaction of the caller.
namespace riva::memory {

/// What is known, with its weights as of the time given.
pattern_row find_pattern(
    SQLite::Database& in, const std::string& project, const std::string& pattern, pattern_time now
);
std::vector<pattern_row> list_patterns(
    SQLite::Database& in, const std::string& project, pattern_time now
);

/// As `pattern_records::add`.
bool add_outcome(SQLite::Database& to, const std::string& project, const pattern_outcome& seen);

/// The outcome that `pattern_records::refute` is about, as a failure; nothing if there is none.
std::optional<pattern_outcome> find_refuted(
    SQLite::Database& in,
    const std::string& project,
    const std::string& run,
    const std::string& file,
    pattern_time now
);

}  // namespace riva::memory
