#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/error.hpp>

#include <boost/asio/basic_waitable_timer.hpp>

#include <chrono>

namespace riva {

/// What time it is, and a way to wait. Code that decides by time takes a clock, so that the same
/// code runs against the real time and against a simulated one (`virtual_clock`), where an outage
/// of ten minutes takes milliseconds.
///
/// Thread safety: that of the implementation; `real_clock()` is safe.
class clock {
public:
    using duration = std::chrono::steady_clock::duration;
    /// Never goes back; comparable with `deadline::when()`.
    using time_point = std::chrono::steady_clock::time_point;
    /// For dates that others wrote; may jump.
    using wall_time = std::chrono::system_clock::time_point;
    using timer = asio::basic_waitable_timer<std::chrono::steady_clock>;

    virtual ~clock() = default;

    virtual time_point now() const noexcept = 0;
    virtual wall_time wall_now() const noexcept = 0;

    /// Suspends until `when`, at least to the next turn of the executor.
    /// Cancellation: terminal, partial and total; ends with `operation_aborted`.
    asio::awaitable<void> sleep_until(time_point when);

    /// The basis of every wait: no error when `until` has come, `operation_aborted` when `on` was
    /// cancelled before, be it by its owner or through the slot of the coroutine. `on` belongs to
    /// the executor of the caller, is not waited on by another, and outlives this.
    virtual asio::awaitable<error_code> wait(timer& on, time_point until) = 0;
};

/// The clocks of the system. Holds no state.
clock& real_clock() noexcept;

}  // namespace riva
