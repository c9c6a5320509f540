#pragma once

#include <riva/runtime/awaitable.hpp>

#include <functional>
#include <stop_token>

namespace riva {

/// Runs a blocking function on `pool` and resumes the caller on its own executor. Exceptions pass
/// through.
///
/// Cancellation: requests a stop through the token, waits for the function to return, then throws
/// `operation_aborted`. The function may therefore refer to what the awaiting caller holds.
/// Thread safety: `pool` may be any executor; `work` runs on it alone, while the caller is
/// suspended.
asio::awaitable<void> offload(
    asio::any_io_executor pool, std::function<void(std::stop_token)> work
);

}  // namespace riva
