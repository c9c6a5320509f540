#pragma once

#include <riva/runtime/awaitable.hpp>

#include <functional>

namespace riva {

/// Runs a coroutine on another executor, usually a strand, and comes back when it has ended.
/// Exceptions pass through. `work` may refer to what the awaiting caller holds.
///
/// Cancellation: carried over to `where`, of any type; returns once the work has ended.
/// Thread safety: safe across executors of different threads.
asio::awaitable<void> run_on(
    asio::any_io_executor where, std::function<asio::awaitable<void>()> work
);

}  // namespace riva
