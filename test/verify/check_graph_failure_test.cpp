#include "catch.hpp"
#include "scripted_graph.hpp"

namespace riva::verify::test {

using namespace std::chrono_literals;

TEST_CASE("the first failure cancels what is running and starts nothing more", "[check_graph]") {
    for (const int threads : {1, 2}) {
        graph g;
        g.options.cpu_width = 2;
        const auto urgent = [](std::string id, double likely) {
            check_traits t = named(std::move(id));
            t.likely_to_fail = likely;
            return t;
        };
        g.add(urgent("hangs", 0.9), [](int) { return say_after(60s, verdict::pass); });
        g.add(urgent("fails", 0.8), [](int) { return say_after(5ms, verdict::fail); });
        g.add(urgent("waits", 0.1));
        g.add(named("needs it", {"hangs"}));
        const auto begin = std::chrono::steady_clock::now();
        const auto all = g.results(threads);
        CHECK(std::chrono::steady_clock::now() - begin < 30s);
        CHECK(
            verdicts(all) ==
            strings{"hangs skipped", "fails fail", "waits skipped", "needs it skipped"}
        );
        CHECK(all[0].detail == "cancelled, because fails failed");
        CHECK(all[2].detail == "not run, because fails failed");
        CHECK(all[3].detail == "not run, because fails failed");
        CHECK(g.seen.started == strings{"hangs", "fails"});
        CHECK(g.seen.all_alive == 0);
    }
}

TEST_CASE("collect_all runs everything that can run after a failure", "[check_graph]") {
    graph g;
    g.options.mode = graph_mode::collect_all;
    g.options.cpu_width = 1;
    g.add(named("a"), verdict::fail);
    g.add(named("b"));
    g.add(named("c"), verdict::fail);
    CHECK(verdicts(g.results()) == strings{"a fail", "b pass", "c fail"});
}

TEST_CASE("an infrastructure error is tried once more", "[check_graph]") {
    graph g;
    g.add(named("recovers"), [](int attempt) {
        return attempt == 1 ? break_down("disk on fire") : say(verdict::pass);
    });
    g.add(named("does not"), [](int attempt) {
        return break_down("broken " + std::to_string(attempt) + "\nwith a trace");
    });
    std::vector<std::string> reports;
    g.options.cpu_width = 1;
    g.options.on_ended = [&](const evidence& e) -> asio::awaitable<void> {
        reports.push_back(e.check + " " + std::string(to_string(e.result)));
        co_return;
    };
    const auto all = g.results();
    CHECK(verdicts(all) == strings{"recovers pass", "does not infra_error"});
    CHECK(all[0].detail == " (second attempt; the first: crashed: disk on fire)");
    CHECK(all[1].detail == "crashed: broken 2 (second attempt; the first: crashed: broken 1)");
    CHECK(
        reports ==
        strings{
            "recovers infra_error", "recovers pass", "does not infra_error", "does not infra_error"
        }
    );
    CHECK(g.seen.started == strings{"recovers", "recovers", "does not", "does not"});
}

TEST_CASE("a check that aborts by itself is an infrastructure error", "[check_graph]") {
    graph g;
    g.add(named("a"), [](int) -> asio::awaitable<evidence> {
        throw boost::system::system_error(asio::error::operation_aborted);
        co_return evidence{};
    });
    g.add(named("b"));
    CHECK(verdicts(g.results()) == strings{"a infra_error", "b pass"});
}

TEST_CASE("a check that outlasts its time is cut off", "[check_graph]") {
    graph g;
    g.options.check_timeout = 20ms;
    g.add(named("hangs"), [](int) { return say_after(60s, verdict::pass); });
    g.add(named("quick"));
    const auto all = g.results();
    CHECK(verdicts(all) == strings{"hangs infra_error", "quick pass"});
    CHECK(
        all[0].detail == "timed out after 20 ms (second attempt; the first: timed out after 20 ms)"
    );
    CHECK(g.seen.all_alive == 0);
}

TEST_CASE("a graph ends when its own time is up", "[check_graph]") {
    graph g;
    g.options.cpu_width = 1;
    g.options.check_timeout = 500ms;  // a check is given a quarter of it to end itself
    g.by = deadline::in(300ms);
    g.add(named("hangs"), [](int) { return say_after(60s, verdict::pass); });
    g.add(named("waits"));
    const auto all = g.results();
    CHECK(verdicts(all) == strings{"hangs infra_error", "waits infra_error"});
    CHECK(all[0].detail == "timed out: the time for all checks was up");
    CHECK(all[1].detail == "timed out: the time for all checks was up");
    CHECK(g.seen.started == strings{"hangs"});
}

TEST_CASE("reports are awaited in order and survive the failure of another", "[check_graph]") {
    graph g;
    strings reports;
    gate pass_is_reported, failure_is_reported;
    g.options.on_started = [&](const check_traits& t) -> asio::awaitable<void> {
        co_await sleep_for(1ms);
        reports.push_back("started " + t.id);
    };
    g.options.on_ended = [&](const evidence& e) -> asio::awaitable<void> {
        if (e.check == "passes") {
            pass_is_reported.open();
            co_await failure_is_reported.pass();
        }
        reports.push_back("ended " + e.check + " " + std::string(to_string(e.result)));
        if (e.check == "fails") failure_is_reported.open();
    };
    g.add(named("passes"));
    g.add(named("fails"), [&](int) -> asio::awaitable<evidence> {
        co_await pass_is_reported.pass();
        co_return found(verdict::fail);
    });
    g.add(named("never"));
    g.results();
    CHECK(
        reports ==
        strings{
            "started passes",
            "started fails",
            "ended fails fail",
            "ended passes pass",
            "ended never skipped"
        }
    );
}

TEST_CASE("an exception of a report cancels everything and passes through", "[check_graph]") {
    graph g;
    g.add(named("hangs"), [](int) { return say_after(60s, verdict::pass); });
    g.add(named("quick"));
    g.options.on_ended = [](const evidence&) -> asio::awaitable<void> {
        throw std::logic_error("no room");
        co_return;
    };
    CHECK_THROWS_AS(g.results(), std::logic_error);
    CHECK(g.seen.all_alive == 0);
}

}  // namespace riva::verify::test
