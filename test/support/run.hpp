#pragma once

#include <riva/runtime/awaitable.hpp>

#include <functional>

namespace riva::test {

/// Runs a coroutine to its end on a strand of an `io_context` with `threads` threads, then until
/// nothing is left to do. What it throws, this throws.
void run(std::function<asio::awaitable<void>()> body, int threads = 1);

/// Starts `work`, cancels it (terminal) after the executor has run `steps` handlers, and waits for
/// its end. Returns true when the work was cut off by the cancellation, false when it had finished
/// before.
bool run_and_cancel_after(std::function<asio::awaitable<void>()> work, std::size_t steps);

}  // namespace riva::test
