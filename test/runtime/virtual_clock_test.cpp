#include <riva/runtime/virtual_clock.hpp>

#include "catch.hpp"

#include <riva/runtime/task_group.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace asio = boost::asio;
using riva::virtual_clock;
using namespace std::chrono_literals;

namespace {

using time_point = virtual_clock::time_point;

asio::awaitable<void> note_after(
    virtual_clock& clock, std::chrono::seconds span, std::string name, std::string& log
) {
    co_await clock.sleep_until(clock.now() + span);
    log += name;
}

void spawn(asio::io_context& io, asio::awaitable<void> work) {
    asio::co_spawn(io, std::move(work), [](std::exception_ptr e) {
        if (e) std::rethrow_exception(e);
    });
}

}  // namespace

TEST_CASE("virtual clock wakes in the order of times, then of arrival", "[clock]") {
    asio::io_context io(1);
    virtual_clock clock;
    const auto before = clock.now();
    const auto wall_before = clock.wall_now();
    std::string log;
    spawn(io, note_after(clock, 600s, "e", log));
    spawn(io, note_after(clock, 5s, "b", log));
    spawn(io, note_after(clock, 5s, "c", log));
    spawn(io, note_after(clock, 0s, "a", log));
    spawn(io, note_after(clock, 5s, "d", log));
    clock.run(io);
    CHECK(log == "abcde");
    CHECK(clock.now() - before == 600s);
    CHECK(clock.wall_now() - wall_before == 600s);
    CHECK(clock.waiting() == 0);
}

TEST_CASE("virtual clock finishes what one waiter does before it wakes the next", "[clock]") {
    asio::io_context io(1);
    virtual_clock clock;
    std::string log;
    const auto two_steps = [&](std::string name) -> asio::awaitable<void> {
        co_await clock.sleep_until(clock.now() + 1s);
        log += name;
        for (int i = 0; i < 3; ++i) co_await asio::post(io, asio::use_awaitable);
        log += name;
    };
    spawn(io, two_steps("a"));
    spawn(io, two_steps("b"));
    clock.run(io);
    CHECK(log == "aabb");
}

TEST_CASE("virtual clock stands still while there is work, and stops where it is told", "[clock]") {
    asio::io_context io(1);
    virtual_clock clock;
    const auto start = clock.now();
    std::string log;
    spawn(io, note_after(clock, 10s, "a", log));
    spawn(io, note_after(clock, 20s, "b", log));
    for (int i = 0; i < 100; ++i) asio::post(io, [&] { CHECK(clock.now() == start); });
    clock.run_until(io, start + 10s);
    CHECK(log == "a");
    CHECK(clock.now() == start + 10s);
    clock.run_until(io, start + 15s);
    CHECK(clock.now() == start + 15s);
    CHECK(clock.waiting() == 1);
    clock.run(io);
    CHECK(log == "ab");
    CHECK(clock.now() == start + 20s);
}

TEST_CASE("virtual clock lets a waiter be cancelled without waking it later", "[clock]") {
    asio::io_context io(1);
    virtual_clock clock;
    const auto start = clock.now();
    std::string log;
    asio::cancellation_signal signal;
    bool aborted = false;
    asio::co_spawn(
        io,
        note_after(clock, 100s, "never", log),
        asio::bind_cancellation_slot(
            signal.slot(),
            [&](std::exception_ptr e) {
                try {
                    if (e) std::rethrow_exception(e);
                } catch (const boost::system::system_error& why) {
                    aborted = why.code() == asio::error::operation_aborted;
                }
            }
        )
    );
    spawn(io, note_after(clock, 1s, "a", log));
    clock.run_until(io, start + 1s);
    signal.emit(asio::cancellation_type::terminal);
    clock.run(io);
    CHECK(aborted);
    CHECK(log == "a");
    CHECK(clock.now() == start + 1s);
    CHECK(clock.waiting() == 0);
}

TEST_CASE("virtual clock gives the same course to the same seed", "[clock]") {
    const auto course = [](std::uint32_t seed) {
        asio::io_context io(1);
        virtual_clock clock;
        std::mt19937 random(seed);
        std::vector<std::pair<time_point, int>> log;
        const auto walk = [&](int name) -> asio::awaitable<void> {
            for (int i = 0; i < 20; ++i) {
                co_await clock.sleep_until(clock.now() + std::chrono::milliseconds(random() % 50));
                log.emplace_back(clock.now(), name);
            }
        };
        for (int i = 0; i < 50; ++i) spawn(io, walk(i));
        clock.run(io);
        return log;
    };
    const auto seed = std::random_device()();
    CAPTURE(seed);
    const auto once = course(seed);
    CHECK(once.size() == 1000);
    CHECK(std::ranges::is_sorted(once, {}, &std::pair<time_point, int>::first));
    CHECK(once == course(seed));
}

TEST_CASE("virtual clock drops its waiters when their context ends", "[clock]") {
    virtual_clock clock;
    std::string log;
    {
        asio::io_context io(1);
        spawn(io, note_after(clock, 1s, "a", log));
        io.poll();
        CHECK(clock.waiting() == 1);
    }
    CHECK(clock.waiting() == 0);
    CHECK(log.empty());
}
