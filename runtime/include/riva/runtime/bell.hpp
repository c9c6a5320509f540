#pragma once

#include <riva/runtime/clock.hpp>

#include <memory>

namespace riva {

/// A wait that ends at a time, or as soon as somebody rings. For one waiter, which may wait again;
/// every ring ends one wait, but those that come before the wait has ended count as one.
///
/// Thread safety: `ring` may be called from anywhere, the rest on the executor of the waiter.
class bell {
public:
    /// Lifetime: `time` outlives the waiter.
    bell(clock& time, asio::any_io_executor executor);

    /// True: rung, perhaps before this was called. False: `when` has come.
    /// Cancellation: ends with `operation_aborted`, unless it has rung.
    asio::awaitable<bool> wait_until(clock::time_point when);

    /// Ends the wait now, or the coming one at once. Does not resume the waiter inside this call.
    void ring();

private:
    struct state;
    std::shared_ptr<state> state_;  // shared with a ringing on its way to the executor
};

}  // namespace riva
