#pragma once

#include <riva/runtime/clock.hpp>

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace riva {

/// A clock that stands still while there is work, and jumps to the next waiter when there is none.
/// Waiters are woken one by one in the order of their times, those of the same time in the order in
/// which they began to wait; what a waiter does when woken is finished before the next is woken. So
/// a simulation takes the time of its work only, and its course depends on nothing but its seeds.
///
/// Thread safety: none; one `io_context` run by one thread. Outlives its waiters.
class virtual_clock final : public clock {
public:
    /// Both clocks start at a fixed time, the same in every run.
    virtual_clock() = default;
    explicit virtual_clock(wall_time wall) : wall_(wall) {}
    virtual_clock(const virtual_clock&) = delete;
    virtual_clock& operator=(const virtual_clock&) = delete;

    time_point now() const noexcept override { return now_; }
    wall_time wall_now() const noexcept override {
        return wall_ + std::chrono::duration_cast<wall_time::duration>(now_ - start);
    }

    /// A time that has passed is waited for too: until `io` is idle.
    asio::awaitable<error_code> wait(timer& on, time_point until) override;

    /// Runs `io` until nothing is left that could happen without the world outside: no handler is
    /// ready and nobody waits for this clock.
    void run(asio::io_context& io);

    /// The same up to a time, which it is afterwards. What waits for exactly that time is woken.
    void run_until(asio::io_context& io, time_point when);

    std::size_t waiting() const noexcept { return waiters_.size(); }

private:
    struct waiter {
        timer* on;
        bool woken = false;
    };

    void wake_first();

    /// Later than zero, so that a span can be subtracted from any time.
    static constexpr time_point start{std::chrono::hours(24 * 365)};

    time_point now_ = start;
    wall_time wall_ = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
    std::uint64_t arrivals_ = 0;
    std::map<std::pair<time_point, std::uint64_t>, waiter*> waiters_;
};

}  // namespace riva
