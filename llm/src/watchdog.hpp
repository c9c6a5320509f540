#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/deadline.hpp>

#include <functional>
#include <memory>

namespace riva::llm {

/// Calls a function when a time has passed, unless it was set again or off before. Moving the time
/// forward costs a store, not a timer operation, so it can be set for every read.
///
/// Thread safety: none; the function is called on the executor. Destroying it is `off()`.
class watchdog {
public:
    watchdog(asio::any_io_executor executor, std::function<void()> bite);
    ~watchdog();
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;

    /// Also forgets an earlier bite.
    void set(deadline by);
    /// Nothing is called until the next `set`; a timer may still be waiting.
    void rest();
    /// No timer is left behind that would keep an `io_context` running.
    void off();
    bool has_bitten() const;

private:
    struct state;
    std::shared_ptr<state> state_;  // shared with the handler of the timer, which holds it weakly
};

}  // namespace riva::llm
