// Structured concurrency: many coroutines at once, a bounded number of them, and none that outlives
// its group.
#include <riva/runtime/task_group.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstdio>
#include <exception>

namespace asio = riva::asio;

asio::awaitable<void> wait_a_little(int number) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(std::chrono::milliseconds(10 * (4 - number)));
    co_await timer.async_wait(asio::use_awaitable);
    std::printf("task %d has ended\n", number);
}

asio::awaitable<void> fan_out_and_in() {
    riva::task_group group(2);
    for (int i = 1; i <= 3; ++i) group.add([i] { return wait_a_little(i); });
    const auto failures = co_await group.run();
    std::printf("all have ended, %zu failed\n", failures.size());
}

int main() {
    asio::io_context io;
    asio::co_spawn(io, fan_out_and_in(), [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    });
    io.run();
}
