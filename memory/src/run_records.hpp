#pragma once

#include <riva/runtime/event.hpp>
#include <riva/runtime/journal.hpp>

#include <SQLiteCpp/Database.h>

#include <string>
#include <vector>

namespace riva::memory {

/// Adds an event to its run, inside a transaction of the caller. Errors: the event does not follow
/// the last one of its run.
result<void> append_event(SQLite::Database& to, const event& e);

/// All events of a run, its chain of hashes checked. Errors: unknown_run, corrupt.
result<std::vector<event>> read_events(SQLite::Database& from, const std::string& run);

std::vector<run_summary> list_runs(SQLite::Database& from);

}  // namespace riva::memory
