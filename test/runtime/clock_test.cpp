#include <riva/runtime/clock.hpp>

#include "catch.hpp"
#include "run.hpp"

#include <riva/runtime/deadline.hpp>

namespace asio = boost::asio;
using riva::real_clock;
using riva::test::run;
using riva::test::run_and_cancel_after;
using namespace std::chrono_literals;

TEST_CASE("real clock waits until a time, also one that has passed", "[clock]") {
    auto& clock = real_clock();
    const auto when = clock.now() + 5ms;
    run([&]() -> asio::awaitable<void> {
        co_await clock.sleep_until(when);
        CHECK(clock.now() >= when);
        co_await clock.sleep_until(when - 1h);
    });
    CHECK(riva::deadline::at(when).expired());
    CHECK(clock.wall_now() > std::chrono::sys_days(std::chrono::year(2024) / 1 / 1));
}

TEST_CASE("real clock ends a wait that is cancelled", "[clock]") {
    auto& clock = real_clock();
    const auto sleep = [&]() -> asio::awaitable<void> {
        co_await clock.sleep_until(clock.now() + 1h);
    };
    for (std::size_t steps = 0; steps < 2; ++steps) CHECK(run_and_cancel_after(sleep, steps));
}
