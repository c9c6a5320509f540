#include <riva/runtime/with_deadline.hpp>

#include "completion.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

namespace riva {
namespace {

struct race : std::enable_shared_from_this<race> {
    race(asio::any_io_executor on, deadline by)
        : executor(std::move(on)), timer(executor, by.when()) {}

    asio::any_io_executor executor;
    asio::steady_timer timer;
    asio::cancellation_signal signal;
    resume_function resume;
    bool cut_off = false;
    bool ended = false;

    void start(asio::awaitable<void> work, asio::cancellation_slot slot) {
        auto self = shared_from_this();
        if (slot.is_connected())
            slot.assign([this](asio::cancellation_type type) { signal.emit(type); });
        timer.async_wait([self](boost::system::error_code ec) {
            if (ec || self->ended) return;
            self->cut_off = true;
            self->signal.emit(asio::cancellation_type::terminal);
        });
        asio::co_spawn(
            executor,
            std::move(work),
            asio::bind_cancellation_slot(
                signal.slot(), [self](std::exception_ptr e) { self->end(e); }
            )
        );
    }

    void end(std::exception_ptr e) {
        ended = true;
        timer.cancel();
        asio::post(executor, [self = shared_from_this(), e] {
            auto done = std::exchange(self->resume, nullptr);
            const bool expected = self->cut_off && e && is_operation_aborted(e);
            done(expected ? nullptr : e);
        });
    }
};

}  // namespace

asio::awaitable<bool> with_deadline(asio::awaitable<void> work, deadline by) {
    if (by == deadline::never()) {
        co_await std::move(work);
        co_return true;
    }
    if (by.expired()) co_return false;
    const auto contest = std::make_shared<race>(co_await asio::this_coro::executor, by);
    co_await suspend([&](resume_function done, asio::cancellation_slot slot) {
        contest->resume = std::move(done);
        contest->start(std::move(work), slot);
    });
    co_return !contest->cut_off;
}

asio::awaitable<void> sleep_for(deadline::clock::duration span) {
    asio::steady_timer timer(co_await asio::this_coro::executor, span);
    co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace riva
