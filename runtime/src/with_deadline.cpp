#include <riva/runtime/with_deadline.hpp>

#include "completion.hpp"

#include <riva/runtime/interruption.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

namespace riva {

struct deadline_race : std::enable_shared_from_this<deadline_race> {
    deadline_race(asio::any_io_executor on, deadline by)
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
        if (timer.expiry() != deadline::never().when())
            timer.async_wait([self](boost::system::error_code ec) {
                if (!ec) self->cut();
            });
        asio::co_spawn(
            executor,
            std::move(work),
            asio::bind_cancellation_slot(
                signal.slot(), [self](std::exception_ptr e) { self->end(e); }
            )
        );
    }

    void cut() {
        if (ended) return;
        cut_off = true;
        signal.emit(asio::cancellation_type::terminal);
    }

    /// Suspends until the work has ended.
    asio::awaitable<void> run(asio::awaitable<void> work) {
        return suspend([this, work = std::move(work)](
                           resume_function done, asio::cancellation_slot slot
                       ) mutable {
            resume = std::move(done);
            start(std::move(work), slot);
        });
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

asio::awaitable<bool> with_deadline(asio::awaitable<void> work, deadline by) {
    if (by == deadline::never()) {
        co_await std::move(work);
        co_return true;
    }
    if (by.expired()) co_return false;
    const auto race = std::make_shared<deadline_race>(co_await asio::this_coro::executor, by);
    co_await race->run(std::move(work));
    co_return !race->cut_off;
}

void interruption::interrupt() {
    interrupted_ = true;
    if (running_ != nullptr) running_->cut();
}

asio::awaitable<bool> with_deadline(
    asio::awaitable<void> work, deadline by, interruption& by_others
) {
    struct place {
        place(interruption& in, deadline_race& running) : in_(in) { in_.running_ = &running; }
        ~place() { in_.running_ = nullptr; }
        place(const place&) = delete;
        place& operator=(const place&) = delete;

    private:
        interruption& in_;
    };

    if (by_others.interrupted_ || (by != deadline::never() && by.expired())) co_return false;
    const auto race = std::make_shared<deadline_race>(co_await asio::this_coro::executor, by);
    const place here(by_others, *race);
    co_await race->run(std::move(work));
    co_return !race->cut_off;
}

asio::awaitable<void> sleep_for(deadline::clock::duration span) {
    asio::steady_timer timer(co_await asio::this_coro::executor, span);
    co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace riva
