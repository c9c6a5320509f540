#include <riva/runtime/with_deadline.hpp>

#include "catch.hpp"
#include "run.hpp"

#include <riva/runtime/interruption.hpp>
#include <riva/runtime/task_group.hpp>

#include <chrono>
#include <stdexcept>

namespace asio = boost::asio;
using riva::deadline;
using riva::sleep_for;
using riva::with_deadline;
using riva::test::run;
using riva::test::run_and_cancel_after;
using namespace std::chrono_literals;

namespace {

asio::awaitable<void> count_around(int& alive, int& finished, std::chrono::milliseconds span) {
    ++alive;
    struct leave {
        int& alive;
        ~leave() { --alive; }
    } on_exit{alive};
    co_await sleep_for(span);
    ++finished;
}

asio::awaitable<void> fail_soon() {
    co_await sleep_for(1ms);
    throw std::runtime_error("failed on purpose");
}

}  // namespace

TEST_CASE("deadline combines to the earlier one and never passes by default", "[deadline]") {
    const deadline soon = deadline::in(1s);
    CHECK(riva::min(soon, deadline::never()) == soon);
    CHECK_FALSE(deadline::never().expired());
    CHECK(deadline::in(-1s).expired());
    CHECK(deadline::in(-1s).remaining() == 0s);
    CHECK(deadline::in(deadline::clock::duration::max()) == deadline::never());
}

TEST_CASE("with_deadline lets work finish in time", "[deadline]") {
    int alive = 0, finished = 0;
    bool in_time = false;
    run([&]() -> asio::awaitable<void> {
        in_time = co_await with_deadline(count_around(alive, finished, 1ms), deadline::in(60s));
        in_time &= co_await with_deadline(count_around(alive, finished, 1ms), deadline::never());
    });
    CHECK(in_time);
    CHECK(finished == 2);
}

TEST_CASE("with_deadline cuts work off and waits for its end", "[deadline]") {
    for (const int threads : {1, 3}) {
        int alive = 0, finished = 0;
        bool in_time = true;
        run(
            [&]() -> asio::awaitable<void> {
                in_time = co_await with_deadline(
                    count_around(alive, finished, 60'000ms), deadline::in(2ms)
                );
                CHECK(alive == 0);
                in_time |=
                    co_await with_deadline(count_around(alive, finished, 0ms), deadline::in(-1ms));
            },
            threads
        );
        CHECK_FALSE(in_time);
        CHECK(finished == 0);
    }
}

TEST_CASE("with_deadline passes failures of the work through", "[deadline]") {
    CHECK_THROWS_AS(
        run([]() -> asio::awaitable<void> {
            co_await with_deadline(fail_soon(), deadline::in(60s));
        }),
        std::runtime_error
    );
}

TEST_CASE("with_deadline cancelled at any step ends its work first", "[deadline]") {
    bool cut_off = true;
    for (std::size_t steps = 0; cut_off; ++steps) {
        int alive = 0, finished = 0;
        cut_off = run_and_cancel_after(
            [&]() -> asio::awaitable<void> {
                co_await with_deadline(count_around(alive, finished, 1ms), deadline::in(60s));
            },
            steps
        );
        CHECK(alive == 0);
        REQUIRE(steps < 100);
    }
}

TEST_CASE("with_deadline around a group cancels through both", "[deadline]") {
    int alive = 0, finished = 0;
    bool in_time = true;
    run([&]() -> asio::awaitable<void> {
        in_time = co_await with_deadline(
            [&]() -> asio::awaitable<void> {
                riva::task_group group(3);
                for (int i = 0; i < 5; ++i)
                    group.add([&] { return count_around(alive, finished, 60'000ms); });
                co_await group.run();
            }(),
            deadline::in(3ms)
        );
        CHECK(alive == 0);
    });
    CHECK_FALSE(in_time);
}

TEST_CASE("work that is interrupted ends as if time had run out", "[deadline]") {
    for (const deadline by : {deadline::never(), deadline::in(1h)}) {
        int alive = 0, finished = 0;
        bool in_time = true, other_in_time = false;
        riva::interruption one, other;
        run([&]() -> asio::awaitable<void> {
            riva::task_group group(3);
            group.add([&]() -> asio::awaitable<void> {
                in_time = co_await with_deadline(count_around(alive, finished, 1h), by, one);
            });
            group.add([&]() -> asio::awaitable<void> {
                other_in_time =
                    co_await with_deadline(count_around(alive, finished, 5ms), by, other);
            });
            group.add([&]() -> asio::awaitable<void> {
                co_await sleep_for(1ms);
                one.interrupt();
            });
            CHECK((co_await group.run()).empty());
        });
        CHECK_FALSE(in_time);
        CHECK(other_in_time);
        CHECK(alive == 0);
        CHECK(finished == 1);
    }
}

TEST_CASE("an interruption before the work begins keeps it from beginning", "[deadline]") {
    int alive = 0, finished = 0;
    riva::interruption early;
    early.interrupt();
    run([&]() -> asio::awaitable<void> {
        CHECK_FALSE(
            co_await with_deadline(count_around(alive, finished, 0ms), deadline::never(), early)
        );
    });
    CHECK(finished == 0);
}

TEST_CASE("an interruption after the work has ended does nothing", "[deadline]") {
    int alive = 0, finished = 0;
    riva::interruption late;
    run([&]() -> asio::awaitable<void> {
        CHECK(co_await with_deadline(count_around(alive, finished, 0ms), deadline::never(), late));
        late.interrupt();
        co_await sleep_for(1ms);
    });
    CHECK(finished == 1);
}

TEST_CASE("what work throws that could be interrupted passes through", "[deadline]") {
    riva::interruption never_used;
    CHECK_THROWS_WITH(
        run([&]() -> asio::awaitable<void> {
            co_await with_deadline(fail_soon(), deadline::never(), never_used);
        }),
        "failed on purpose"
    );
}

TEST_CASE("work that can be interrupted is cancelled with its caller", "[deadline]") {
    bool cut_off = true;
    for (std::size_t steps = 0; cut_off; ++steps) {
        int alive = 0, finished = 0;
        cut_off = run_and_cancel_after(
            [&]() -> asio::awaitable<void> {
                riva::interruption unused;
                co_await with_deadline(
                    count_around(alive, finished, 1ms), deadline::in(60s), unused
                );
            },
            steps
        );
        CHECK(alive == 0);
        REQUIRE(steps < 100);
    }
}
