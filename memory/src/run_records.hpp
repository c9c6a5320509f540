#pragma once

#include "blob_records.hpp"

#include <riva/runtime/event.hpp>
#include <riva/runtime/journal.hpp>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace riva::memory {

/// Where the record of a run ends.
struct run_head {
    std::int64_t events = 0;
    std::string hash;
};

/// Adds events to their runs, through one connection.
class event_writer {
public:
    explicit event_writer(SQLite::Database& to);

    /// Inside a transaction of the caller. Errors: the event does not follow the last one of its
    /// run. Throws what SQLite throws.
    result<void> append(const event& e);

private:
    std::optional<run_head> find_head(const std::string& run);
    void add_run(const event& e);
    void move_head(const event& e, const std::string& hash);

    blob_writer blobs_;
    SQLite::Statement find_head_;
    SQLite::Statement add_run_;
    SQLite::Statement add_event_;
    SQLite::Statement move_head_;
};

/// The events of a run up to the number `until`, itself included, their chain of hashes checked.
/// All of them are checked against what was noted of the last one, too. Errors: unknown_run;
/// corrupt and newer_schema, naming the first bad event.
result<std::vector<event>> read_events(
    SQLite::Database& from,
    const std::string& run,
    std::uint64_t until = std::numeric_limits<std::uint64_t>::max()
);

std::vector<run_summary> list_runs(SQLite::Database& from);

}  // namespace riva::memory
