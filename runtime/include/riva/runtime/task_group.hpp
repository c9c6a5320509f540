#pragma once

#include <riva/runtime/awaitable.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

namespace riva {

/// What a failing task does to the others of its group.
enum class on_failure {
    collect_all,      ///< the others go on; every failure is kept
    cancel_siblings,  ///< the others are cancelled, and nothing more is started
};

/// Structured fan-out: the only way in riva to run things at once.
///
/// Tasks are added, then `run()` starts at most `width` of them at a time, in the order in which
/// they were added. A running task may add more tasks to its own group. `run()` returns when all
/// have ended, and never while one is alive: a cancelled group cancels its tasks and waits for
/// them.
///
/// Thread safety: none. The group, the coroutine that awaits `run()` and the tasks share one serial
/// executor (a strand, or an `io_context` run by one thread).
class task_group {
public:
    using task = std::function<asio::awaitable<void>()>;

    /// `width` is the number of tasks that may run at once, at least 1.
    explicit task_group(std::size_t width, on_failure mode = on_failure::collect_all);
    ~task_group();
    task_group(const task_group&) = delete;
    task_group& operator=(const task_group&) = delete;

    /// Adds a task, before `run()` or from inside a running task. The callable lives
    /// until its task has ended, so a coroutine lambda given here may use its captures. After
    /// `cancel()` it is dropped.
    void add(task work);

    /// Cancels what runs and drops what has not started. A task may call it on its own group.
    void cancel();

    /// True after `cancel()`, after a failure under `cancel_siblings`, and after cancellation of
    /// `run()`.
    bool stopped() const noexcept;

    /// Runs everything; call once. Returns the exceptions of failed tasks in order of their
    /// failure; tasks that were cancelled by the group do not count as failed. Cancellation:
    /// forwarded to the tasks; throws `operation_aborted` once all have ended.
    asio::awaitable<std::vector<std::exception_ptr>> run();

private:
    friend asio::awaitable<void> fan_out(
        std::size_t, std::size_t, std::function<asio::awaitable<void>(std::size_t)>, on_failure
    );

    struct state;
    std::shared_ptr<state> state_;
};

/// Runs `work(0)` to `work(count - 1)`, at most `width` at a time, in index order, without a queue:
/// the cheapest fan-out for many small tasks. Ends like `task_group::run()`, and throws the first
/// failure.
asio::awaitable<void> fan_out(
    std::size_t count,
    std::size_t width,
    std::function<asio::awaitable<void>(std::size_t)> work,
    on_failure mode = on_failure::cancel_siblings
);

}  // namespace riva
