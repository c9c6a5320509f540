#pragma once

#include <riva/runtime/awaitable.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

namespace riva {

/// A counting semaphore for coroutines, first come first served. With one permit it is a mutex that
/// may be held across suspensions.
///
/// Thread safety: none; every user shares one serial executor. Outlives its permits and waiters.
class semaphore {
public:
    /// Held while the guarded work goes on; gives the permit back when destroyed.
    class permit {
    public:
        permit() = default;
        permit(permit&& other) noexcept : from_(std::exchange(other.from_, nullptr)) {}
        permit& operator=(permit&& other) noexcept;
        ~permit() { release(); }

        void release() noexcept;

    private:
        friend class semaphore;
        explicit permit(semaphore& from) : from_(&from) {}
        semaphore* from_ = nullptr;
    };

    explicit semaphore(std::size_t permits) : free_(permits) {}
    semaphore(const semaphore&) = delete;
    semaphore& operator=(const semaphore&) = delete;

    /// Waits for a permit. Cancellation: leaves the queue; no permit is lost.
    asio::awaitable<permit> acquire();

    std::size_t available() const noexcept { return free_; }

private:
    struct waiter;
    void give_back() noexcept;

    std::size_t free_;
    std::deque<std::shared_ptr<waiter>> queue_;
};

}  // namespace riva
