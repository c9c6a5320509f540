#include <riva/runtime/bell.hpp>

#include "catch.hpp"
#include "run.hpp"

#include <riva/runtime/task_group.hpp>
#include <riva/runtime/virtual_clock.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <optional>
#include <thread>
#include <vector>

namespace asio = boost::asio;
using riva::bell;
using riva::real_clock;
using riva::virtual_clock;
using riva::test::run;
using riva::test::run_and_cancel_after;
using namespace std::chrono_literals;

TEST_CASE("bell ends a wait when it rings, or when the time has come", "[clock]") {
    asio::io_context io(1);
    virtual_clock clock;
    const auto start = clock.now();
    bell early(clock, io.get_executor()), late(clock, io.get_executor()),
        before(clock, io.get_executor());
    before.ring();
    std::optional<bool> rung_early, rung_late, rung_before;
    const auto wait = [&](bell& on, std::optional<bool>& rung) -> asio::awaitable<void> {
        rung = co_await on.wait_until(start + 10s);
    };
    const auto ring = [&]() -> asio::awaitable<void> {
        co_await clock.sleep_until(start + 3s);
        early.ring();
        CHECK_FALSE(rung_early);
    };
    const auto nothing = [](std::exception_ptr e) { CHECK_FALSE(e); };
    asio::co_spawn(io, wait(early, rung_early), nothing);
    asio::co_spawn(io, wait(late, rung_late), nothing);
    asio::co_spawn(io, wait(before, rung_before), nothing);
    asio::co_spawn(io, ring(), nothing);
    clock.run_until(io, start + 3s);
    CHECK(rung_before == true);
    CHECK(rung_early == true);
    CHECK_FALSE(rung_late);
    clock.run(io);
    CHECK(rung_late == false);
    CHECK(clock.now() == start + 10s);
}

TEST_CASE("bell ends one wait with every ring", "[clock]") {
    asio::io_context io(1);
    virtual_clock clock;
    const auto start = clock.now();
    bell one(clock, io.get_executor());
    std::vector<bool> rung;
    const auto wait = [&]() -> asio::awaitable<void> {
        for (int i = 0; i < 3; ++i) rung.push_back(co_await one.wait_until(start + 10s));
    };
    const auto ring = [&]() -> asio::awaitable<void> {
        one.ring();
        co_await clock.sleep_until(start + 3s);
        one.ring();
    };
    const auto nothing = [](std::exception_ptr e) { CHECK_FALSE(e); };
    asio::co_spawn(io, wait(), nothing);
    asio::co_spawn(io, ring(), nothing);
    clock.run(io);
    CHECK(rung == std::vector{true, true, false});
    CHECK(clock.now() == start + 10s);
}

TEST_CASE("bell is rung from another thread", "[clock]") {
    for (int i = 0; i < 50; ++i) {
        bool rung = false;
        std::thread other;
        run([&]() -> asio::awaitable<void> {
            bell one(real_clock(), co_await asio::this_coro::executor);
            other = std::thread([&one] { one.ring(); });
            rung = co_await one.wait_until(real_clock().now() + 1h);
            other.join();
        });
        CHECK(rung);
    }
}

TEST_CASE("bell passes cancellation on", "[clock]") {
    for (std::size_t steps = 0; steps < 2; ++steps)
        CHECK(run_and_cancel_after(
            [&]() -> asio::awaitable<void> {
                bell one(real_clock(), co_await asio::this_coro::executor);
                co_await one.wait_until(real_clock().now() + 1h);
            },
            steps
        ));
}
