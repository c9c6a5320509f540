#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/error.hpp>
#include <riva/runtime/event.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace riva {

/// A run as a list shows it.
struct run_summary {
    std::string id;
    std::chrono::sys_time<std::chrono::milliseconds> started;
    std::string task;
    std::string repository;
    std::string outcome;  ///< empty while the run has no result: it goes on, or it was killed

    friend bool operator==(const run_summary&, const run_summary&) = default;
};

/// The append-only record of runs. `riva::memory` keeps it in SQLite.
class journal {
public:
    virtual ~journal() = default;

    /// Durable when it returns: nothing that depends on an event happens before. Called again
    /// before it has returned, for the same run too: events are kept in the order of the calls.
    /// Errors: those of the store; the run stops on any of them.
    /// Cancellation: the event may or may not have been written.
    virtual asio::awaitable<result<void>> append(event e) = 0;

    /// All events of a run in order. Errors: unknown run, corrupt store.
    virtual asio::awaitable<result<std::vector<event>>> read(std::string run) = 0;

    /// All runs, newest first.
    virtual asio::awaitable<result<std::vector<run_summary>>> runs() = 0;
};

}  // namespace riva
