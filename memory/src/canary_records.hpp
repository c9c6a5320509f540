#pragma once

#include "trust_records.hpp"

#include <riva/memory/trust_rows.hpp>

#include <vector>

/// What mutants said of checks, as rows of the database. All of these throw what SQLite throws, and
/// run in the transaction of the caller.
namespace riva::memory {

std::vector<canary_row> load_canaries(SQLite::Database& from, const stored_scope& scope);

/// Adds to what is there.
void add_canaries(
    SQLite::Database& to, const stored_scope& scope, const std::vector<canary_row>& more
);

}  // namespace riva::memory
