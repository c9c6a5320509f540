#include "event_queue.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>

namespace riva::memory {
namespace {

constexpr std::size_t most_together = 512;         // events in a transaction
constexpr std::chrono::milliseconds gathering{1};  // a part of what a commit takes

/// False: the caller was cancelled before.
asio::awaitable<bool> is_rung(bell& one) {
    try {
        co_return co_await one.wait_until(clock::time_point::max());
    } catch (const boost::system::system_error& e) {
        if (e.code() != asio::error::operation_aborted) throw;
        co_return false;
    }
}

}  // namespace

group::~group() {
    for (const auto& e : events_) {
        e->done = true;
        if (e->end) e->end->ring();
    }
}

bool event_queue::push(
    const std::shared_ptr<pending_event>& e, const asio::any_io_executor& caller
) {
    {
        const std::lock_guard lock(guard_);
        if (waiting_.size() >= places_) {
            // Tracked, so that the context of the caller lives until nobody rings any more.
            e->end.emplace(
                real_clock(), asio::prefer(caller, asio::execution::outstanding_work.tracked)
            );
            line_.push_back(e);
            return false;
        }
        waiting_.push_back(e);
        if (waiting_.size() < expected_) return true;
    }
    enough_.notify_one();
    return true;
}

asio::awaitable<void> event_queue::wait(
    std::shared_ptr<event_queue> in, std::shared_ptr<pending_event> e
) {
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    bool cancelled = false;
    for (bool over = false; !over;) {
        over = co_await is_rung(*e->end);
        if (over) break;
        cancelled = true;
        over = in->leave(e);
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (cancelled) throw boost::system::system_error(asio::error::operation_aborted);
}

bool event_queue::leave(const std::shared_ptr<pending_event>& e) {
    const std::lock_guard lock(guard_);
    return std::erase(line_, e) > 0;
}

batch event_queue::take() {
    std::unique_lock lock(guard_);
    enough_.wait_for(lock, gathering, [this] { return waiting_.size() >= expected_; });
    const auto count = std::min(waiting_.size(), most_together);
    const auto last = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
    batch taken(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(last));
    waiting_.erase(waiting_.begin(), last);
    expected_ = std::max(count, expected_ - expected_ / 4);  // some may only be late
    admit();
    return taken;
}

void event_queue::admit() {
    while (!line_.empty() && waiting_.size() < places_) {
        waiting_.push_back(std::move(line_.front()));
        line_.pop_front();
    }
}

void event_queue::close() {
    const std::lock_guard lock(guard_);
    for (const auto& e : line_)
        e->ended = error{
            errc::closed,
            "The event was not written: the journal was closed before there was room for it."
        };
    const group refused({line_.begin(), line_.end()});
    line_.clear();
}

bool event_queue::empty() {
    return size() == 0;
}

std::size_t event_queue::size() {
    const std::lock_guard lock(guard_);
    return waiting_.size();
}

std::size_t event_queue::in_line() {
    const std::lock_guard lock(guard_);
    return line_.size();
}

}  // namespace riva::memory
