#pragma once

#include <riva/runtime/awaitable.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace riva::bench {

/// Measures how late handlers run, until it is told to stop.
class lateness {
public:
    asio::awaitable<void> measure() {
        asio::steady_timer next(co_await asio::this_coro::executor);
        while (!stopped_) {
            next.expires_after(std::chrono::milliseconds(1));
            co_await next.async_wait(asio::use_awaitable);
            const std::chrono::duration<double, std::milli> late =
                std::chrono::steady_clock::now() - next.expiry();
            seen_.push_back(late.count());
        }
    }

    void stop() { stopped_ = true; }

    double p99() {
        if (seen_.empty()) return 0;
        const auto at = seen_.begin() + static_cast<std::ptrdiff_t>((seen_.size() - 1) * 99 / 100);
        std::nth_element(seen_.begin(), at, seen_.end());
        return *at;
    }

private:
    bool stopped_ = false;
    std::vector<double> seen_;
};

}  // namespace riva::bench
