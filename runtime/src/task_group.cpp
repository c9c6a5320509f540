#include <riva/runtime/task_group.hpp>

#include "completion.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <cassert>
#include <deque>
#include <list>

namespace riva {

/// Up to `width` workers, each a coroutine that takes one task after the other: cheaper than a
/// coroutine stack per task, and the width bounds the cancellation signals as well.
struct task_group::state : std::enable_shared_from_this<state> {
    state(std::size_t most, on_failure reaction)
        : width(std::max<std::size_t>(most, 1)), mode(reaction) {}

    // Work comes from the queue, or is numbered.
    std::deque<task> queue;
    std::function<asio::awaitable<void>(std::size_t)> numbered;
    std::size_t next = 0;
    std::size_t count = 0;

    const std::size_t width;
    const on_failure mode;
    asio::any_io_executor executor;
    std::size_t running = 0;
    bool started = false;
    bool stop = false;
    std::vector<std::exception_ptr> failures;
    std::list<asio::cancellation_signal> signals;  // stay until the end: one may be emitting
    std::vector<asio::cancellation_signal*> idle_signals;  // of workers that have ended
    resume_function resume;

    /// Where a coroutine ends without having been suspended, Asio suspends it, and lets the failure
    /// of that escape from the executor if it is cancelled: by its own task, for example.
    static auto forget_cancellation() {
        return asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    }

    static asio::awaitable<void> queue_worker(std::shared_ptr<state> self) {
        while (!self->stop && !self->queue.empty()) {
            const task work = std::move(self->queue.front());
            self->queue.pop_front();
            try {
                co_await work();
            } catch (...) {
                self->failed(std::current_exception());
            }
        }
        co_await forget_cancellation();
    }

    static asio::awaitable<void> numbered_worker(std::shared_ptr<state> self) {
        while (!self->stop && self->next < self->count) {
            try {
                co_await self->numbered(self->next++);
            } catch (...) {
                self->failed(std::current_exception());
            }
        }
        co_await forget_cancellation();
    }

    void failed(std::exception_ptr e) {
        if (stop && is_operation_aborted(e)) return;
        failures.push_back(e);
        if (mode == on_failure::cancel_siblings) cancel(asio::cancellation_type::terminal);
    }

    void cancel(asio::cancellation_type type) {
        stop = true;
        queue.clear();
        for (auto& signal : signals) signal.emit(type);
    }

    asio::cancellation_signal& free_signal() {
        if (idle_signals.empty()) return signals.emplace_back();
        asio::cancellation_signal& signal = *idle_signals.back();
        idle_signals.pop_back();
        return signal;
    }

    void start_worker() {
        ++running;
        asio::cancellation_signal& signal = free_signal();
        auto ended = [self = shared_from_this(), &signal](std::exception_ptr e) {
            if (e) self->failed(e);
            self->idle_signals.push_back(&signal);
            if (--self->running == 0) self->finish();
        };
        asio::co_spawn(
            executor,
            numbered ? numbered_worker(shared_from_this()) : queue_worker(shared_from_this()),
            asio::bind_cancellation_slot(signal.slot(), std::move(ended))
        );
    }

    void start_workers() {
        const std::size_t work = numbered ? count - next : queue.size();
        for (std::size_t i = std::min(width, work); i > 0; --i) start_worker();
        if (running == 0) finish();
    }

    void finish() {
        asio::post(executor, [self = shared_from_this()] {
            if (auto done = std::exchange(self->resume, nullptr)) done(nullptr);
        });
    }

    asio::awaitable<void> run() {
        assert(!started);
        started = true;
        executor = co_await asio::this_coro::executor;
        bool cancelled = false;
        co_await suspend([this, &cancelled](resume_function done, asio::cancellation_slot slot) {
            resume = std::move(done);
            if (slot.is_connected())
                slot.assign([this, &cancelled](asio::cancellation_type type) {
                    cancelled = true;
                    cancel(type);
                });
            if (stop)
                finish();
            else
                start_workers();
        });
        if (cancelled) std::rethrow_exception(operation_aborted());
    }
};

task_group::task_group(std::size_t width, on_failure mode)
    : state_(std::make_shared<state>(width, mode)) {}

task_group::~task_group() {
    assert(state_->running == 0);
}

void task_group::add(task work) {
    if (state_->stop) return;
    state_->queue.push_back(std::move(work));
    if (state_->running > 0 && state_->running < state_->width) state_->start_worker();
}

void task_group::cancel() {
    state_->cancel(asio::cancellation_type::terminal);
}

bool task_group::stopped() const noexcept {
    return state_->stop;
}

asio::awaitable<std::vector<std::exception_ptr>> task_group::run() {
    const auto self = state_;
    co_await self->run();
    co_return std::move(self->failures);
}

asio::awaitable<void> fan_out(
    std::size_t count,
    std::size_t width,
    std::function<asio::awaitable<void>(std::size_t)> work,
    on_failure mode
) {
    const auto crew = std::make_shared<task_group::state>(width, mode);
    crew->numbered = std::move(work);
    crew->count = count;
    co_await crew->run();
    if (!crew->failures.empty()) std::rethrow_exception(crew->failures.front());
}

}  // namespace riva
