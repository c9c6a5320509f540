#include "catch.hpp"
#include "scripted_graph.hpp"

#include <boost/asio/post.hpp>

namespace riva::verify::test {

using namespace std::chrono_literals;

TEST_CASE("a graph cancelled at any point leaves no check alive", "[check_graph]") {
    std::size_t steps = 0;
    for (bool cut_off = true; cut_off; ++steps) {
        graph g;
        int reports_alive = 0;
        struct presence {
            explicit presence(int& n) : count(++n) {}
            ~presence() { --count; }
            int& count;
        };
        g.options.on_ended = [&](const evidence&) -> asio::awaitable<void> {
            const presence here(reports_alive);
            co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
        };
        g.options.on_started = [&](const check_traits&) -> asio::awaitable<void> {
            const presence here(reports_alive);
            co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
        };
        g.add(named("first"), [](int) { return say_after(0ms, verdict::pass); });
        g.add(named("flaky"), [](int attempt) {
            return attempt == 1 ? break_down("x") : say_after(0ms, verdict::pass);
        });
        g.add(named("after", {"first", "flaky"}), [](int) { return say(verdict::fail); });
        g.add(named("beside", {"first", "flaky"}), [](int) {
            return say_after(1ms, verdict::pass);
        });
        bool ended = false;
        cut_off = riva::test::run_and_cancel_after(
            [&]() -> asio::awaitable<void> {
                co_await g.work();
                ended = true;
            },
            steps
        );
        CHECK(ended != cut_off);
        CHECK(g.seen.all_alive == 0);
        CHECK(reports_alive == 0);
    }
    CHECK(steps > 10);
}

}  // namespace riva::verify::test
