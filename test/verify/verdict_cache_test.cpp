#include <riva/verify/verdict_cache.hpp>

#include "catch.hpp"
#include "scripted_graph.hpp"

#include <riva/runtime/sandbox.hpp>
#include <riva/verify/check_history.hpp>
#include <riva/verify/checks.hpp>

namespace riva::verify::test {
namespace {

using namespace std::chrono_literals;

constexpr auto never_again = [] { return 0.99; };
constexpr auto always_again = [] { return 0.0; };

check_traits with_recipe(std::string id) {
    check_traits t = named(std::move(id));
    t.layer = layer::behavioural;
    t.kind = "run " + t.id;
    t.recipe = t.kind + " with version 1";
    return t;
}

check_input tree(std::string hash) {
    return {"/", {}, std::move(hash)};
}

}  // namespace

TEST_CASE("a cache knows what a check found on the same tree, and on no other", "[cache]") {
    verdict_cache cache(0.1, 10, never_again);
    const check_traits a = with_recipe("a");
    CHECK_FALSE(cache.find(a, tree("t1")).has_value());
    CHECK(cache.add(a, tree("t1"), found(verdict::pass, "ran")));
    REQUIRE(cache.find(a, tree("t1")).has_value());
    CHECK(*cache.find(a, tree("t1")) == found(verdict::pass, "ran"));
    CHECK_FALSE(cache.find(a, tree("t2")).has_value());

    check_traits other_tools = a;
    other_tools.recipe += " with another version";
    CHECK_FALSE(cache.find(other_tools, tree("t1")).has_value());
    CHECK_FALSE(cache.find(with_recipe("b"), tree("t1")).has_value());
}

TEST_CASE("a cache keeps nothing that did not decide, or whose inputs are not known", "[cache]") {
    verdict_cache cache(0.1, 10, never_again);
    const check_traits a = with_recipe("a");
    for (const auto v : {verdict::indeterminate, verdict::infra_error, verdict::skipped}) {
        CHECK(cache.add(a, tree("t"), found(v)));
        CHECK_FALSE(cache.find(a, tree("t")).has_value());
    }
    evidence hollow = found(verdict::pass);
    hollow.grade = evidence_grade::none;
    cache.add(a, tree("t"), hollow);
    CHECK_FALSE(cache.find(a, tree("t")).has_value());

    check_traits unknown = a;
    unknown.recipe.clear();
    cache.add(unknown, tree("t"), found(verdict::pass));
    CHECK_FALSE(cache.find(unknown, tree("t")).has_value());
    cache.add(a, tree(""), found(verdict::pass));
    CHECK_FALSE(cache.find(a, tree("")).has_value());
}

TEST_CASE("a share of what is known runs again", "[cache]") {
    int throws = 0;
    verdict_cache cache(0.25, 10, [&] { return (throws++ % 4) * 0.25; });
    const check_traits a = with_recipe("a");
    cache.add(a, tree("t"), found(verdict::pass));
    int run = 0;
    for (int i = 0; i < 400; ++i) run += cache.find(a, tree("t")) ? 0 : 1;
    CHECK(run == 100);
}

TEST_CASE("a check that contradicts itself is poisoned for good", "[cache]") {
    verdict_cache cache(0.1, 10, never_again);
    const check_traits a = with_recipe("a");
    CHECK(cache.add(a, tree("t1"), found(verdict::pass)));
    CHECK(cache.add(a, tree("t2"), found(verdict::pass)));
    CHECK_FALSE(cache.add(a, tree("t1"), found(verdict::fail)));
    CHECK_FALSE(cache.find(a, tree("t1")).has_value());
    CHECK_FALSE(cache.find(a, tree("t2")).has_value());
    cache.add(a, tree("t3"), found(verdict::pass));
    CHECK_FALSE(cache.find(a, tree("t3")).has_value());
    CHECK(cache.add(with_recipe("b"), tree("t1"), found(verdict::pass)));
    CHECK(cache.find(with_recipe("b"), tree("t1")).has_value());
}

TEST_CASE("a full cache forgets the oldest", "[cache]") {
    verdict_cache cache(0.1, 2, never_again);
    const check_traits a = with_recipe("a");
    for (const auto* t : {"1", "2", "3"}) cache.add(a, tree(t), found(verdict::pass));
    CHECK_FALSE(cache.find(a, tree("1")).has_value());
    CHECK(cache.find(a, tree("2")).has_value());
    CHECK(cache.find(a, tree("3")).has_value());
}

TEST_CASE("a graph runs no check whose verdict on the tree is known", "[cache]") {
    verdict_cache cache(0.1, 10, never_again);
    int runs = 0;
    for (int i = 0; i < 3; ++i) {
        graph g;
        g.options.cache = &cache;
        g.options.confirm_failures = false;
        g.add(with_recipe("good"), [&](int) {
            ++runs;
            return say(verdict::pass);
        });
        g.add(with_recipe("bad"), [&](int) {
            ++runs;
            return say(verdict::fail);
        });
        g.options.mode = graph_mode::collect_all;
        CHECK(verdicts(g.results()) == strings{"good pass", "bad fail"});
    }
    CHECK(runs == 2);
}

TEST_CASE("a check that says something else on the same tree is flaky, never a pass", "[cache]") {
    for (const auto first : {verdict::pass, verdict::fail}) {
        verdict_cache cache(1, 10, always_again);
        const auto second = first == verdict::pass ? verdict::fail : verdict::pass;
        for (const auto says : {first, second}) {
            graph g;
            g.options.cache = &cache;
            g.options.confirm_failures = false;
            g.add(with_recipe("moody"), [&](int) { return say(says); });
            const auto all = g.results();
            if (says == first) {
                CHECK(all[0].result == first);
                continue;
            }
            CHECK(all[0].result == verdict::indeterminate);
            CHECK(all[0].grade == evidence_grade::none);
            CHECK(all[0].detail.find("flaky") != std::string::npos);
        }
    }
}

TEST_CASE(
    "a check of a command is known by its line, its tools and what it may not write", "[cache]"
) {
    const auto box = make_open_sandbox();
    const auto recipe = [&](std::string line, std::vector<std::string> read_only = {}) {
        return command_check(*box, "user:1", std::move(line), author::user, std::move(read_only))
            ->traits()
            .recipe;
    };
    CHECK(!recipe("cat a").empty());
    CHECK(recipe("cat a") == recipe("cat a"));
    CHECK(recipe("cat a") != recipe("cat b"));
    CHECK(recipe("cat a") != recipe("cat a", {"a"}));
    CHECK(recipe("cat a").find("/cat:") != std::string::npos);
    // What runs is only known when it runs.
    CHECK(recipe("$TOOL a").empty());
    CHECK(recipe("eval \"$X\"").empty());
}

TEST_CASE("history moves what fails often and ends soon to the front", "[history]") {
    check_history history;
    check_traits slow = with_recipe("slow");
    check_traits quick = with_recipe("quick");
    slow.cost = quick.cost = 100ms;
    slow.likely_to_fail = quick.likely_to_fail = 0.1;
    for (int i = 0; i < 20; ++i) {
        evidence passed = found(verdict::pass);
        passed.duration = 5000ms;
        history.add(slow, passed);
        evidence failed = found(i % 2 == 0 ? verdict::fail : verdict::pass);
        failed.duration = 50ms;
        history.add(quick, failed);
    }
    CHECK(history.estimate(slow).likely_to_fail < 0.05);
    CHECK(history.estimate(slow).cost_ms > 4000);
    CHECK(history.estimate(quick).likely_to_fail == Approx((0.4 + 10) / 24));

    graph g;
    g.options.history = &history;
    g.options.cpu_width = 1;
    g.add(slow, [](int) { return say(verdict::pass); });
    g.add(quick, [](int) { return say(verdict::pass); });
    g.results();
    CHECK(g.seen.started == strings{"quick", "slow"});
}

TEST_CASE("history counts what decided and hands over what is new once", "[history]") {
    check_history history({{"run a", {10, 5, 1000ms}}});
    const check_traits a = with_recipe("a");
    history.add(a, found(verdict::infra_error));
    history.add(a, found(verdict::indeterminate));
    history.add(a, found(verdict::skipped));
    CHECK(history.take_news().empty());
    history.add(a, found(verdict::fail));
    CHECK(history.take_news() == check_history::records{{"run a", {1, 1, 0ms}}});
    CHECK(history.take_news().empty());
    CHECK(history.estimate(a).likely_to_fail == Approx((0.4 + 6) / 15));
}

}  // namespace riva::verify::test
