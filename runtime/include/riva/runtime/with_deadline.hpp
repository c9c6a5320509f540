#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/deadline.hpp>

namespace riva {

/// Runs `work` until it ends or `by` passes. When time runs out the work is cancelled (terminal)
/// and awaited to its end before this returns, so nothing of it is alive afterwards.
///
/// Returns true when the work finished, false when it was cut off by the deadline. Any other
/// exception of the work passes through. Cancellation: forwarded to the work; ends with
/// `operation_aborted` when the work has ended. Thread safety: call on a serial executor (a strand,
/// or an `io_context` run by one thread); `work` runs on the same executor.
asio::awaitable<bool> with_deadline(asio::awaitable<void> work, deadline by);

/// Suspends for `span`. Cancellation ends it with `operation_aborted`.
asio::awaitable<void> sleep_for(deadline::clock::duration span);

}  // namespace riva
