#include <riva/runtime/virtual_clock.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace riva {

asio::awaitable<error_code> virtual_clock::wait(timer& on, time_point until) {
    struct place {
        place(virtual_clock& clock, timer& timer, time_point until)
            : in(clock), key(until, clock.arrivals_++), me{&timer} {
            in.waiters_.emplace(key, &me);
        }
        ~place() { in.waiters_.erase(key); }
        place(const place&) = delete;
        place& operator=(const place&) = delete;

        virtual_clock& in;
        std::pair<time_point, std::uint64_t> key;
        waiter me;
    };

    place here(*this, on, until);
    error_code ec;
    on.expires_at(time_point::max());
    co_await on.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    if (here.me.woken) ec = {};
    co_return ec;
}

void virtual_clock::wake_first() {
    const auto first = waiters_.begin();
    now_ = std::max(now_, first->first.first);
    waiter& next = *first->second;
    waiters_.erase(first);
    next.woken = true;
    next.on->cancel();
}

void virtual_clock::run(asio::io_context& io) {
    run_until(io, time_point::max());
}

void virtual_clock::run_until(asio::io_context& io, time_point when) {
    for (;;) {
        io.restart();
        while (io.poll() > 0) {
        }
        if (waiters_.empty() || waiters_.begin()->first.first > when) break;
        wake_first();
    }
    if (when != time_point::max()) now_ = std::max(now_, when);
}

}  // namespace riva
