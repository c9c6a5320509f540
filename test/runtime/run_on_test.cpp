#include <riva/runtime/run_on.hpp>

#include "catch.hpp"
#include "run.hpp"

#include <riva/runtime/task_group.hpp>
#include <riva/runtime/with_deadline.hpp>

#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace asio = boost::asio;
using riva::deadline;
using riva::run_on;
using riva::sleep_for;
using riva::with_deadline;
using riva::test::run;
using namespace std::chrono_literals;

TEST_CASE("run_on runs a coroutine on another executor and comes back", "[run_on]") {
    asio::thread_pool pool(2);
    bool elsewhere = false, home = false;
    run([&]() -> asio::awaitable<void> {
        const auto here = std::this_thread::get_id();
        co_await run_on(asio::make_strand(pool), [&]() -> asio::awaitable<void> {
            co_await sleep_for(1ms);
            elsewhere = std::this_thread::get_id() != here;
        });
        home = std::this_thread::get_id() == here;
    });
    CHECK(elsewhere);
    CHECK(home);
}

TEST_CASE("run_on passes exceptions through", "[run_on]") {
    asio::thread_pool pool(1);
    CHECK_THROWS_AS(
        run([&]() -> asio::awaitable<void> {
            co_await run_on(pool.get_executor(), []() -> asio::awaitable<void> {
                co_await sleep_for(0ms);
                throw std::runtime_error("no");
            });
        }),
        std::runtime_error
    );
}

TEST_CASE("run_on carries a cancellation over to the other executor", "[run_on]") {
    asio::thread_pool pool(2);
    for (int round = 0; round < 50; ++round) {
        int alive = 0;
        bool in_time = true;
        run(
            [&]() -> asio::awaitable<void> {
                auto elsewhere = run_on(asio::make_strand(pool), [&]() -> asio::awaitable<void> {
                    ++alive;
                    struct leave {
                        int& alive;
                        ~leave() { --alive; }
                    } on_exit{alive};
                    co_await sleep_for(60s);
                });
                in_time =
                    co_await with_deadline(std::move(elsewhere), deadline::in(round % 3 * 1ms));
            },
            2
        );
        CHECK_FALSE(in_time);
        CHECK(alive == 0);
    }
}
