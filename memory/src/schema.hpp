#pragma once

#include <SQLiteCpp/Database.h>

namespace riva::memory {

/// The version that this riva reads and writes.
int schema_version();

/// Brings a database from a version on, 0 for an empty one, to a later one, step by step; one that
/// is as new stays as it is. Runs in the transaction of the caller; throws what SQLite throws.
void upgrade(SQLite::Database& in, int version, int until = schema_version());

}  // namespace riva::memory
