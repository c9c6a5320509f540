#include <riva/runtime/offload.hpp>

#include "catch.hpp"
#include "run.hpp"

#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace asio = boost::asio;
using riva::offload;
using riva::test::run;
using riva::test::run_and_cancel_after;
using namespace std::chrono_literals;

TEST_CASE("offload runs the function on the pool and comes back", "[offload]") {
    for (const int threads : {1, 3}) {
        asio::thread_pool pool(2);
        int value = 0;
        bool elsewhere = false;
        run(
            [&]() -> asio::awaitable<void> {
                const auto here = std::this_thread::get_id();
                co_await offload(pool.get_executor(), [&](std::stop_token) {
                    elsewhere = std::this_thread::get_id() != here;
                    value = 42;
                });
            },
            threads
        );
        pool.join();
        CHECK(value == 42);
        CHECK(elsewhere);
    }
}

TEST_CASE("offload passes exceptions through", "[offload]") {
    asio::thread_pool pool(1);
    CHECK_THROWS_AS(
        run([&]() -> asio::awaitable<void> {
            co_await offload(pool.get_executor(), [](std::stop_token) {
                throw std::runtime_error("no");
            });
        }),
        std::runtime_error
    );
}

TEST_CASE("offload cancelled waits for the function to notice", "[offload]") {
    asio::thread_pool pool(1);
    std::atomic<bool> running = false;
    std::atomic<bool> returned = false;
    const bool cut_off = run_and_cancel_after(
        [&]() -> asio::awaitable<void> {
            co_await offload(pool.get_executor(), [&](std::stop_token stop) {
                running = true;
                while (!stop.stop_requested()) std::this_thread::sleep_for(1ms);
                returned = true;
            });
        },
        1
    );
    CHECK(cut_off);
    CHECK(running);
    CHECK(returned);
}
