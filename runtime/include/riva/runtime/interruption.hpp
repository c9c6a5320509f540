#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/deadline.hpp>

namespace riva {

struct deadline_race;

/// By this a coroutine cuts off the work that another one awaits with a deadline, and that one
/// alone. Belongs to the one that awaits. Thread safety: none; one serial executor.
class interruption {
public:
    interruption() = default;
    interruption(const interruption&) = delete;
    interruption& operator=(const interruption&) = delete;

    /// Cancels (terminal) the work that is awaited; none is begun afterwards.
    void interrupt();

private:
    friend asio::awaitable<bool> with_deadline(asio::awaitable<void>, deadline, interruption&);

    bool interrupted_ = false;
    deadline_race* running_ = nullptr;
};

/// As `with_deadline` without an interruption, for work that `by_others` may cut off too, which
/// comes to the same as if time had run out. `by_others` outlives the work and is used for one work
/// at a time.
asio::awaitable<bool> with_deadline(
    asio::awaitable<void> work, deadline by, interruption& by_others
);

}  // namespace riva
