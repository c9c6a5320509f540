#include "catch.hpp"
#include "scripted_graph.hpp"

namespace riva::verify::test {

using namespace std::chrono_literals;

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

TEST_CASE("checks end in any order and are reported in the same one", "[check_graph]") {
    std::vector<std::size_t> order{0, 1, 2, 3, 4};
    std::vector<evidence> first;
    do {
        graph g;
        g.options.cpu_width = order.size();
        std::vector<gate> turns(order.size());
        strings ended;
        g.options.on_ended = [&](const evidence& e) -> asio::awaitable<void> {
            ended.push_back(e.check);
            if (ended.size() < order.size()) turns[order[ended.size()]].open();
            co_return;
        };
        turns[order[0]].open();
        for (std::size_t i = 0; i < order.size(); ++i)
            g.add(named("c" + std::to_string(i)), [&turns, i](int) -> asio::awaitable<evidence> {
                co_await turns[i].pass();
                evidence e = found(verdict::pass, "result of " + std::to_string(i));
                e.duration = 7ms;
                co_return e;
            });
        const auto all = g.results();
        strings expected;
        for (const std::size_t i : order) expected.push_back("c" + std::to_string(i));
        CHECK(ended == expected);
        if (first.empty()) first = all;
        CHECK(all == first);
    } while (std::ranges::next_permutation(order).found);
    CHECK(verdicts(first) == strings{"c0 pass", "c1 pass", "c2 pass", "c3 pass", "c4 pass"});
}

TEST_CASE("checks that wait for one another run at the same time", "[check_graph]") {
    for (const int threads : {1, 2}) {
        graph g;
        g.options.cpu_width = 3;
        gate all_here;
        int here = 0;
        for (const char* id : {"a", "b", "c"})
            g.add(named(id), [&](int) -> asio::awaitable<evidence> {
                if (++here == 3) all_here.open();
                co_await all_here.pass();
                co_return found(verdict::pass);
            });
        CHECK(verdicts(g.results(threads)) == strings{"a pass", "b pass", "c pass"});
    }
}

TEST_CASE("evidence carries what the check declares about itself", "[check_graph]") {
    graph g;
    check_traits t = named("user:1");
    t.layer = layer::behavioural;
    t.author = author::user;
    g.add(t, [](int) { return say_after(3ms, verdict::pass); });
    const auto all = g.results();
    REQUIRE(all.size() == 1);
    CHECK(all[0].check == "user:1");
    CHECK(all[0].layer == layer::behavioural);
    CHECK(all[0].author == author::user);
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

TEST_CASE("the longest path goes first if all checks run", "[check_graph]") {
    graph g;
    g.options.cpu_width = 1;
    g.options.mode = graph_mode::collect_all;
    const auto with = [](std::string id, std::chrono::milliseconds cost, strings needs = {}) {
        check_traits t = named(std::move(id), std::move(needs));
        t.likely_to_fail = t.id == "likely" ? 0.9 : 0.1;
        t.cost = cost;
        return t;
    };
    g.add(with("likely", 1ms));
    g.add(with("long", 300ms));
    g.add(with("first", 100ms));
    g.add(with("second", 100ms, {"first"}));
    g.add(with("third", 150ms, {"second"}));
    g.results();
    CHECK(g.seen.started == strings{"first", "long", "second", "third", "likely"});
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

TEST_CASE("a pass without evidence is no pass", "[check_graph]") {
    graph g;
    g.add(named("a"), [](int) -> asio::awaitable<evidence> {
        evidence e;
        e.result = verdict::pass;
        co_return e;
    });
    CHECK(verdicts(g.results()) == strings{"a indeterminate"});
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

}  // namespace riva::verify::test
