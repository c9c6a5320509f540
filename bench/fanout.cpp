#include "fanout.hpp"

#include "processor_time.hpp"

#include <riva/runtime/task_group.hpp>
#include <riva/runtime/verdict.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>

namespace riva::bench {
namespace {

asio::awaitable<void> trivial_check(verdict& result, std::size_t number) {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    result = number % 10 == 0 ? verdict::fail : verdict::pass;
}

asio::awaitable<void> all_checks(std::vector<verdict>& results, std::size_t width) {
    co_await fan_out(results.size(), width, [&](std::size_t i) {
        return trivial_check(results[i], i);
    });
}

/// One chain of `width`: each handler posts the next, as the cheapest scheduler could.
void post_next(asio::io_context& io, std::vector<verdict>& results, std::size_t& next) {
    if (next >= results.size()) return;
    const std::size_t number = next++;
    asio::post(io, [&io, &results, &next, number] {
        results[number] = number % 10 == 0 ? verdict::fail : verdict::pass;
        post_next(io, results, next);
    });
}

double measure_floor(std::size_t tasks, std::size_t width) {
    asio::io_context io(1);
    std::vector<verdict> results(tasks, verdict::indeterminate);
    std::size_t next = 0;
    const double start = processor_ns();
    for (std::size_t i = 0; i < width; ++i) post_next(io, results, next);
    io.run();
    return (processor_ns() - start) / static_cast<double>(tasks);
}

}  // namespace

fanout_figures measure_fanout(std::size_t tasks, std::size_t width) {
    asio::io_context io(1);
    std::vector<verdict> results(tasks, verdict::indeterminate);
    std::exception_ptr failure;
    const auto wall = std::chrono::steady_clock::now();
    const double start = processor_ns();
    asio::co_spawn(io, all_checks(results, width), [&](std::exception_ptr e) { failure = e; });
    io.run();
    if (failure) std::rethrow_exception(failure);

    fanout_figures figures;
    const auto count = static_cast<double>(tasks);
    figures.ns_per_task = (processor_ns() - start) / count;
    figures.wall_ns_per_task =
        std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - wall).count() /
        count;
    figures.floor_ns_per_task = measure_floor(tasks, width);
    for (const verdict v : results) figures.passed += v == verdict::pass ? 1 : 0;
    return figures;
}

}  // namespace riva::bench
