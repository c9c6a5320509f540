#include <riva/runtime/task_group.hpp>

#include "catch.hpp"
#include "run.hpp"

#include <riva/runtime/with_deadline.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <stdexcept>

namespace asio = boost::asio;
using riva::fan_out;
using riva::on_failure;
using riva::sleep_for;
using riva::task_group;
using riva::test::run;
using riva::test::run_and_cancel_after;
using namespace std::chrono_literals;

namespace {

struct counters {
    int alive = 0;
    int most = 0;
    int started = 0;
    int finished = 0;
};

struct presence {
    explicit presence(counters& c) : seen(c) {
        ++seen.started;
        seen.most = std::max(seen.most, ++seen.alive);
    }
    ~presence() { --seen.alive; }
    presence(const presence&) = delete;
    presence& operator=(const presence&) = delete;
    counters& seen;
};

asio::awaitable<void> work(counters& seen, std::chrono::milliseconds span, bool fail = false) {
    const presence here(seen);
    co_await sleep_for(span);
    if (fail) throw std::runtime_error("failed on purpose");
    ++seen.finished;
}

asio::awaitable<void> yield_once(counters& seen) {
    const presence here(seen);
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    ++seen.finished;
}

}  // namespace

TEST_CASE("task_group runs every task and never more than its width", "[task_group]") {
    for (const int threads : {1, 3}) {
        counters seen;
        run(
            [&]() -> asio::awaitable<void> {
                task_group group(4);
                for (int i = 0; i < 20; ++i)
                    group.add([&seen, i] { return work(seen, (i * 7) % 5 * 1ms); });
                const auto failures = co_await group.run();
                CHECK(failures.empty());
                CHECK(seen.alive == 0);
            },
            threads
        );
        CHECK(seen.finished == 20);
        CHECK(seen.most == 4);
    }
}

TEST_CASE("task_group without tasks ends", "[task_group]") {
    bool ended = false;
    run([&]() -> asio::awaitable<void> {
        task_group group(4);
        const auto failures = co_await group.run();
        ended = failures.empty();
    });
    CHECK(ended);
}

TEST_CASE("task_group runs tasks that a running task adds", "[task_group]") {
    counters seen;
    run([&]() -> asio::awaitable<void> {
        task_group group(3);
        std::function<asio::awaitable<void>(int)> grow = [&](int depth) -> asio::awaitable<void> {
            if (depth > 0)
                for (int i = 0; i < 2; ++i) group.add([&grow, depth] { return grow(depth - 1); });
            co_await yield_once(seen);
        };
        group.add([&grow] { return grow(5); });
        const auto failures = co_await group.run();
        CHECK(failures.empty());
    });
    CHECK(seen.finished == 63);
    CHECK(seen.most == 3);
}

TEST_CASE("task_group collects failures and lets the others go on", "[task_group]") {
    counters seen;
    run([&]() -> asio::awaitable<void> {
        task_group group(2, on_failure::collect_all);
        for (int i = 0; i < 6; ++i) group.add([&seen, i] { return work(seen, 1ms, i % 2 == 0); });
        const auto failures = co_await group.run();
        CHECK(failures.size() == 3);
    });
    CHECK(seen.finished == 3);
    CHECK(seen.alive == 0);
}

TEST_CASE("task_group cancels the siblings of a failed task and waits for them", "[task_group]") {
    for (const int threads : {1, 3}) {
        counters seen;
        run(
            [&]() -> asio::awaitable<void> {
                task_group group(5, on_failure::cancel_siblings);
                for (int i = 0; i < 20; ++i)
                    group.add([&seen, i] { return work(seen, i == 2 ? 2ms : 60'000ms, i == 2); });
                const auto failures = co_await group.run();
                CHECK(failures.size() == 1);
                CHECK(seen.alive == 0);
            },
            threads
        );
        CHECK(seen.started == 5);
        CHECK(seen.finished == 0);
    }
}

TEST_CASE("task_group stops when one of its tasks cancels it", "[task_group]") {
    counters seen;
    run([&]() -> asio::awaitable<void> {
        task_group group(4);
        for (int i = 0; i < 8; ++i) group.add([&seen] { return work(seen, 60'000ms); });
        group.add([] { return sleep_for(0ms); });
        task_group outer(2);
        outer.add([&group]() -> asio::awaitable<void> { co_await group.run(); });
        outer.add([&group]() -> asio::awaitable<void> {
            co_await sleep_for(2ms);
            group.cancel();
        });
        const auto failures = co_await outer.run();
        CHECK(failures.empty());
        CHECK(group.stopped());
    });
    CHECK(seen.started == 4);
    CHECK(seen.alive == 0);
}

TEST_CASE("task_group cancelled at any step leaves no task alive", "[task_group]") {
    bool cut_off = true;
    std::size_t steps = 0;
    for (; cut_off; ++steps) {
        counters seen;
        cut_off = run_and_cancel_after(
            [&]() -> asio::awaitable<void> {
                task_group outer(2);
                for (int i = 0; i < 2; ++i)
                    outer.add([&seen]() -> asio::awaitable<void> {
                        task_group inner(3);
                        for (int k = 0; k < 5; ++k) inner.add([&seen] { return yield_once(seen); });
                        co_await inner.run();
                    });
                co_await outer.run();
                CHECK(seen.alive == 0);
            },
            steps
        );
        CHECK(seen.alive == 0);
        REQUIRE(steps < 1000);
    }
    CHECK(steps > 10);
}

TEST_CASE("fan_out runs in index order and throws the first failure", "[task_group]") {
    std::vector<std::size_t> order;
    run([&]() -> asio::awaitable<void> {
        co_await fan_out(10, 1, [&](std::size_t i) -> asio::awaitable<void> {
            order.push_back(i);
            co_return;
        });
    });
    CHECK(order == std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});

    counters seen;
    CHECK_THROWS_AS(
        run([&]() -> asio::awaitable<void> {
            co_await fan_out(100, 10, [&](std::size_t i) { return work(seen, 1ms, i == 5); });
        }),
        std::runtime_error
    );
    CHECK(seen.alive == 0);
    CHECK(seen.started < 100);
}

TEST_CASE("fan_out of a hundred thousand tasks keeps its width", "[task_group]") {
    counters seen;
    run([&]() -> asio::awaitable<void> {
        co_await fan_out(100'000, 256, [&](std::size_t) { return yield_once(seen); });
    });
    CHECK(seen.finished == 100'000);
    CHECK(seen.most == 256);
}

TEST_CASE("a task that ends its group before it was ever suspended does no harm", "[task_group]") {
    int started = 0;
    run([&]() -> asio::awaitable<void> {
        task_group failing(4, on_failure::cancel_siblings);
        for (int i = 0; i < 4; ++i)
            failing.add([&]() -> asio::awaitable<void> {
                ++started;
                throw std::runtime_error("at once");
                co_return;
            });
        CHECK((co_await failing.run()).size() == 1);

        task_group cancelled(4);
        cancelled.add([&]() -> asio::awaitable<void> {
            cancelled.cancel();
            co_return;
        });
        CHECK((co_await cancelled.run()).empty());
    });
    CHECK(started == 1);
}
