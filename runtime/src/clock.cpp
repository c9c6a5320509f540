#include <riva/runtime/clock.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace riva {
namespace {

class system_clocks final : public clock {
public:
    time_point now() const noexcept override { return std::chrono::steady_clock::now(); }
    wall_time wall_now() const noexcept override { return std::chrono::system_clock::now(); }

    asio::awaitable<error_code> wait(timer& on, time_point until) override {
        error_code ec;
        on.expires_at(until);
        co_await on.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        co_return ec;
    }
};

}  // namespace

asio::awaitable<void> clock::sleep_until(time_point when) {
    timer on(co_await asio::this_coro::executor);
    const error_code ec = co_await wait(on, when);
    if (ec) throw boost::system::system_error(ec);
}

clock& real_clock() noexcept {
    static system_clocks clocks;
    return clocks;
}

}  // namespace riva
