#include <riva/runtime/bell.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace riva {

struct bell::state {
    state(clock& clock, const asio::any_io_executor& executor) : time(clock), on(executor) {}

    clock& time;
    clock::timer on;
    bool rung = false;
};

bell::bell(clock& time, asio::any_io_executor executor)
    : state_(std::make_shared<state>(time, executor)) {}

asio::awaitable<bool> bell::wait_until(clock::time_point when) {
    const auto held = state_;
    if (std::exchange(held->rung, false)) co_return true;
    const error_code ec = co_await held->time.wait(held->on, when);
    if (std::exchange(held->rung, false)) co_return true;
    if (ec) throw boost::system::system_error(ec);
    co_return false;
}

void bell::ring() {
    asio::dispatch(state_->on.get_executor(), [held = state_] {
        held->rung = true;
        held->on.cancel();
    });
}

}  // namespace riva
