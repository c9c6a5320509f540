#include <riva/runtime/semaphore.hpp>

#include "catch.hpp"
#include "run.hpp"

#include <riva/runtime/task_group.hpp>
#include <riva/runtime/with_deadline.hpp>

#include <algorithm>
#include <chrono>
#include <vector>

namespace asio = boost::asio;
using riva::semaphore;
using riva::sleep_for;
using riva::task_group;
using riva::test::run;
using riva::test::run_and_cancel_after;
using namespace std::chrono_literals;

namespace {

asio::awaitable<void> hold(
    semaphore& gate, int& inside, int& most, std::vector<int>& order, int i
) {
    const auto permit = co_await gate.acquire();
    order.push_back(i);
    most = std::max(most, ++inside);
    struct leave {
        int& inside;
        ~leave() { --inside; }
    } on_exit{inside};
    co_await sleep_for(1ms);
}

}  // namespace

TEST_CASE("semaphore admits as many as it has permits, in order of arrival", "[semaphore]") {
    semaphore gate(2);
    int inside = 0, most = 0;
    std::vector<int> order;
    run([&]() -> asio::awaitable<void> {
        task_group group(8);
        for (int i = 0; i < 8; ++i)
            group.add([&, i] { return hold(gate, inside, most, order, i); });
        const auto failures = co_await group.run();
        CHECK(failures.empty());
    });
    CHECK(most == 2);
    CHECK(order == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7});
    CHECK(gate.available() == 2);
}

TEST_CASE("semaphore loses no permit when a waiter is cancelled at any step", "[semaphore]") {
    bool cut_off = true;
    for (std::size_t steps = 0; cut_off; ++steps) {
        semaphore gate(1);
        int inside = 0, most = 0;
        std::vector<int> order;
        cut_off = run_and_cancel_after(
            [&]() -> asio::awaitable<void> {
                task_group group(4);
                for (int i = 0; i < 4; ++i)
                    group.add([&, i] { return hold(gate, inside, most, order, i); });
                co_await group.run();
            },
            steps
        );
        CHECK(gate.available() == 1);
        CHECK(inside == 0);
        REQUIRE(steps < 200);
    }
}
