#include <riva/verify/check_graph.hpp>

#include "catch.hpp"
#include "run.hpp"

#include <riva/runtime/with_deadline.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace asio = boost::asio;
using namespace riva::verify;
using namespace std::chrono_literals;
using riva::deadline;
using riva::evidence;
using riva::evidence_grade;
using riva::sleep_for;
using riva::verdict;
using riva::test::run;
using riva::test::run_and_cancel_after;

namespace {

/// What happened in a graph, in order.
struct record {
    std::vector<std::string> started;
    std::map<resource, int> alive;
    std::map<resource, int> most;
    int all_alive = 0;
};

using body = std::function<asio::awaitable<evidence>(int attempt)>;

evidence found(verdict result, std::string detail = "") {
    evidence e;
    e.result = result;
    e.grade = result == verdict::pass || result == verdict::fail ? evidence_grade::executed
                                                                 : evidence_grade::none;
    e.detail = std::move(detail);
    return e;
}

asio::awaitable<evidence> say(verdict result) {
    co_return found(result);
}

asio::awaitable<evidence> say_after(std::chrono::milliseconds span, verdict result) {
    co_await sleep_for(span);
    co_return found(result);
}

asio::awaitable<evidence> break_down(std::string message) {
    throw std::runtime_error(message);
    co_return evidence{};
}

struct scripted_check final : check {
    scripted_check(record& r, check_traits t, body b)
        : seen(r), declared(std::move(t)), work(std::move(b)) {}

    const check_traits& traits() const override { return declared; }

    asio::awaitable<evidence> run(const check_input&, deadline) override {
        struct presence {
            explicit presence(scripted_check& c) : of(c) {
                int& alive = ++of.seen.alive[of.declared.resource];
                int& most = of.seen.most[of.declared.resource];
                most = std::max(most, alive);
                ++of.seen.all_alive;
            }
            ~presence() {
                --of.seen.alive[of.declared.resource];
                --of.seen.all_alive;
            }
            scripted_check& of;
        };
        const presence here(*this);
        seen.started.push_back(declared.id);
        co_return co_await work(++attempts);
    }

    record& seen;
    check_traits declared;
    body work;
    int attempts = 0;
};

check_traits named(std::string id, std::vector<std::string> needs = {}) {
    check_traits t;
    t.id = std::move(id);
    t.needs = std::move(needs);
    return t;
}

struct graph {
    record seen;
    graph_options options;
    std::vector<std::shared_ptr<check>> checks;
    deadline by;

    void add(check_traits t, body b) {
        checks.push_back(std::make_shared<scripted_check>(seen, std::move(t), std::move(b)));
    }
    void add(check_traits t, verdict result = verdict::pass) {
        add(std::move(t), [result](int) { return say(result); });
    }

    asio::awaitable<std::vector<evidence>> work() {
        return run_checks(checks, {"/nowhere", {"a"}, "tree"}, options, by);
    }

    std::vector<evidence> results(int threads = 1) {
        std::vector<evidence> all;
        run([&]() -> asio::awaitable<void> { all = co_await work(); }, threads);
        return all;
    }
};

std::vector<std::string> verdicts(const std::vector<evidence>& all) {
    std::vector<std::string> texts;
    for (const evidence& e : all) texts.push_back(e.check + " " + std::string(to_string(e.result)));
    return texts;
}

using strings = std::vector<std::string>;

}  // namespace

TEST_CASE("a graph without checks finds nothing", "[check_graph]") {
    graph g;
    CHECK(g.results().empty());
}

TEST_CASE("a graph reports in order of declaration whatever the timing", "[check_graph]") {
    for (const int threads : {1, 2}) {
        graph g;
        g.options.cpu_width = 4;
        for (int i = 0; i < 12; ++i)
            g.add(named("c" + std::to_string(i)), [i](int) {
                return say_after((i * 7) % 5 * 1ms, verdict::pass);
            });
        const auto all = g.results(threads);
        strings expected;
        for (int i = 0; i < 12; ++i) expected.push_back("c" + std::to_string(i) + " pass");
        CHECK(verdicts(all) == expected);
        CHECK(g.seen.all_alive == 0);
    }
}

TEST_CASE("evidence carries what the check declares about itself", "[check_graph]") {
    graph g;
    check_traits t = named("user:1");
    t.layer = riva::layer::behavioural;
    t.author = riva::author::user;
    g.add(t, [](int) { return say_after(3ms, verdict::pass); });
    const auto all = g.results();
    REQUIRE(all.size() == 1);
    CHECK(all[0].check == "user:1");
    CHECK(all[0].layer == riva::layer::behavioural);
    CHECK(all[0].author == riva::author::user);
    CHECK(all[0].inputs == "tree");
    CHECK(all[0].duration >= 1ms);
}

TEST_CASE("ready checks start in order of likelihood to fail per cost", "[check_graph]") {
    graph g;
    g.options.cpu_width = 1;
    const auto with = [](std::string id, double likely, std::chrono::milliseconds cost) {
        check_traits t = named(std::move(id));
        t.likely_to_fail = likely;
        t.cost = cost;
        return t;
    };
    g.add(with("slow", 0.1, 1000ms));
    g.add(with("tie 1", 0.2, 100ms));
    g.add(with("cheap", 0.1, 1ms));
    g.add(with("tie 2", 0.2, 100ms));
    g.add(with("likely", 0.9, 100ms));
    g.add(with("free", 0.05, 0ms));
    g.results();
    CHECK(g.seen.started == strings{"cheap", "free", "likely", "tie 1", "tie 2", "slow"});
}

TEST_CASE("a graph keeps within the width of each resource", "[check_graph]") {
    for (const int threads : {1, 2}) {
        graph g;
        g.options.cpu_width = 2;
        g.options.io_width = 3;
        g.options.model_width = 0;  // counts as one
        for (int i = 0; i < 30; ++i) {
            check_traits t = named("c" + std::to_string(i));
            t.resource = static_cast<resource>(i % 3);
            g.add(t, [](int) { return say_after(2ms, verdict::pass); });
        }
        const auto all = g.results(threads);
        CHECK(std::all_of(all.begin(), all.end(), [](const evidence& e) {
            return e.result == verdict::pass;
        }));
        CHECK(g.seen.most[resource::cpu] == 2);
        CHECK(g.seen.most[resource::io] == 3);
        CHECK(g.seen.most[resource::model] == 1);
    }
}

TEST_CASE("a check starts after all that it needs has passed", "[check_graph]") {
    graph g;
    g.options.cpu_width = 8;
    g.add(named("last", {"left", "right"}));
    g.add(named("left", {"first"}), [](int) { return say_after(5ms, verdict::pass); });
    g.add(named("right", {"first"}));
    g.add(named("first"), [](int) { return say_after(2ms, verdict::pass); });
    const auto all = g.results();
    CHECK(verdicts(all) == strings{"last pass", "left pass", "right pass", "first pass"});
    CHECK(g.seen.started.front() == "first");
    CHECK(g.seen.started.back() == "last");
}

TEST_CASE("checks whose needs did not pass are skipped with the reason", "[check_graph]") {
    graph g;
    g.options.mode = graph_mode::collect_all;
    g.add(named("third", {"second"}));
    g.add(named("second", {"first", "good"}));
    g.add(named("first"), verdict::fail);
    g.add(named("good"));
    g.add(named("other", {"unsure"}));
    g.add(named("unsure"), verdict::indeterminate);
    const auto all = g.results();
    CHECK(
        verdicts(all) ==
        strings{
            "third skipped",
            "second skipped",
            "first fail",
            "good pass",
            "other skipped",
            "unsure indeterminate"
        }
    );
    CHECK(all[0].detail == "not run, because it needs second (skipped)");
    CHECK(all[1].detail == "not run, because it needs first (fail)");
    CHECK(all[4].detail == "not run, because it needs unsure (indeterminate)");
}

TEST_CASE("unknown needs, circles and repeated ids are indeterminate", "[check_graph]") {
    graph g;
    g.add(named("a", {"b"}));
    g.add(named("b", {"c"}));
    g.add(named("c", {"a"}));
    g.add(named("itself", {"itself"}));
    g.add(named("behind", {"a"}));
    g.add(named("lost", {"nothing"}));
    g.add(named("after lost", {"lost"}));
    g.add(named("twice"));
    g.add(named("twice"), verdict::fail);
    const auto all = g.results();
    CHECK(
        verdicts(all) ==
        strings{
            "a indeterminate",
            "b indeterminate",
            "c indeterminate",
            "itself indeterminate",
            "behind indeterminate",
            "lost indeterminate",
            "after lost skipped",
            "twice pass",
            "twice indeterminate"
        }
    );
    CHECK(all[0].detail == "circular dependencies: a -> b -> c -> a");
    CHECK(all[3].detail == "circular dependencies: itself -> itself");
    CHECK(all[4].detail == "circular dependencies: behind -> a -> b -> c -> a");
    CHECK(all[5].detail == "needs nothing, which is not among the checks");
    CHECK(all[8].detail == "another check has the same id");
    CHECK(g.seen.started == strings{"twice"});
}

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

TEST_CASE("a pass without evidence is no pass", "[check_graph]") {
    graph g;
    g.add(named("a"), [](int) -> asio::awaitable<evidence> {
        evidence e;
        e.result = verdict::pass;
        co_return e;
    });
    CHECK(verdicts(g.results()) == strings{"a indeterminate"});
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
    g.options.check_timeout = 200ms;
    g.options.cpu_width = 1;
    g.by = deadline::in(30ms);
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
    std::vector<std::string> reports;
    g.options.on_started = [&](const check_traits& t) -> asio::awaitable<void> {
        co_await sleep_for(1ms);
        reports.push_back("started " + t.id);
    };
    g.options.on_ended = [&](const evidence& e) -> asio::awaitable<void> {
        co_await sleep_for(e.result == verdict::pass ? 20ms : 1ms);
        reports.push_back("ended " + e.check + " " + std::string(to_string(e.result)));
    };
    g.add(named("passes"));
    g.add(named("fails"), [](int) { return say_after(4ms, verdict::fail); });
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

TEST_CASE("a graph runs ten thousand checks", "[check_graph]") {
    for (const bool chained : {false, true}) {
        graph g;
        for (int i = 0; i < 10'000; ++i)
            g.add(named(
                "c" + std::to_string(i),
                chained && i > 0 ? strings{"c" + std::to_string(i - 1)} : strings{}
            ));
        const auto all = g.results();
        CHECK(all.size() == 10'000);
        CHECK(std::all_of(all.begin(), all.end(), [](const evidence& e) {
            return e.result == verdict::pass;
        }));
        CHECK(g.seen.started.size() == 10'000);
    }
}

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
        cut_off = run_and_cancel_after(
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
