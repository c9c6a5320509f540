#pragma once

#include <riva/memory/trust_rows.hpp>
#include <riva/runtime/error.hpp>

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Trust as rows of the database. All of these throw what SQLite throws, and run in the transaction
/// of the caller.
namespace riva::memory {

/// A scope that has been stored.
struct stored_scope {
    std::int64_t number = 0;
    std::int64_t next_ticket = 1;
};

std::optional<stored_scope> find_scope(SQLite::Database& in, const trust_scope& scope);
stored_scope add_scope(SQLite::Database& in, const trust_scope& scope);
std::vector<trust_scope> list_scopes(SQLite::Database& in, const std::string& project);

/// The rows that a transaction is concerned with. Errors: corrupt, naming the row.
result<trust_rows> load_some(
    SQLite::Database& from, const stored_scope& scope, const trust_concern& concerns
);

/// Errors: corrupt, naming the row.
result<trust_rows> load_all(SQLite::Database& from, const stored_scope& scope);

/// Writes the rows of `after` that differ from `before`, and deletes the tickets it lacks.
void store_changes(
    SQLite::Database& to,
    const stored_scope& scope,
    const trust_rows& before,
    const trust_rows& after
);

}  // namespace riva::memory
