#pragma once

#include "run_context.hpp"

#include <boost/asio/steady_timer.hpp>

#include <deque>

namespace riva::agents {

/// Events that come up inside of a callback, emitted by a coroutine beside the call.
class event_pump {
public:
    explicit event_pump(const asio::any_io_executor& on) : wake_(on) {}

    void push(events::body body);
    /// Nothing more comes: `run` ends after the last one.
    void close();
    asio::awaitable<void> run(run_context& context);

private:
    std::deque<events::body> waiting_;
    asio::steady_timer wake_;
    bool closed_ = false;
};

}  // namespace riva::agents
