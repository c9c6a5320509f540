#include <riva/runtime/semaphore.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>

namespace riva {

struct semaphore::waiter {
    explicit waiter(const asio::any_io_executor& on)
        : wake(on, asio::steady_timer::time_point::max()) {}

    asio::steady_timer wake;
    bool granted = false;
};

semaphore::permit& semaphore::permit::operator=(permit&& other) noexcept {
    if (this != &other) {
        release();
        from_ = std::exchange(other.from_, nullptr);
    }
    return *this;
}

void semaphore::permit::release() noexcept {
    if (from_ != nullptr) std::exchange(from_, nullptr)->give_back();
}

asio::awaitable<semaphore::permit> semaphore::acquire() {
    if (free_ > 0) {
        --free_;
        co_return permit(*this);
    }
    const auto place = std::make_shared<waiter>(co_await asio::this_coro::executor);
    const auto before = co_await asio::this_coro::cancellation_state;
    if (before.cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error(asio::error::operation_aborted);
    queue_.push_back(place);
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await place->wake.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await asio::this_coro::throw_if_cancelled(true);
    if (place->granted) co_return permit(*this);
    std::erase(queue_, place);
    throw boost::system::system_error(asio::error::operation_aborted);
}

void semaphore::give_back() noexcept {
    if (queue_.empty()) {
        ++free_;
        return;
    }
    const auto next = std::move(queue_.front());
    queue_.pop_front();
    next->granted = true;
    next->wake.cancel();
}

}  // namespace riva
