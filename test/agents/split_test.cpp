#include "catch.hpp"
#include "world.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

using namespace riva;
using Catch::Contains;
using riva::test::have_sandbox;
using riva::test::plan;
using riva::test::propose;
using riva::test::rule_about;
using riva::test::rule_for_plans;
using riva::test::script_of_rules;
using riva::test::world;

namespace {

const std::string broken = propose(create_file{"broken.py", "def broken(:\n"});

std::string create(const std::string& path, const std::string& content) {
    return propose(create_file{path, content});
}

std::string edit(const std::string& path, const std::string& find, const std::string& replace) {
    return propose(edit_file{path, {{find, replace}}});
}

/// The whole never works at once; its parts are `plan`, worked on as `rules` say.
std::string divided(const std::string& plan_text, std::vector<std::string> rules) {
    rules.push_back(rule_about("", {broken}));
    rules.push_back(rule_for_plans(plan_text));
    return script_of_rules(rules);
}

/// Lets the judgments of parts happen in an order: each waits for another part to get as far.
struct conductor final : agents::checkpoint {
    std::map<std::string, std::string> waits_for;  ///< by `part/attempt`
    std::map<std::string, int> attempts;
    std::set<std::string> reached;
    std::vector<asio::steady_timer*> waiting;

    asio::awaitable<std::optional<judgment>> judge_action(const intention& of, const cycle&)
        override {
        const std::string here = of.id + "/" + std::to_string(++attempts[of.id]);
        reached.insert(here);
        for (asio::steady_timer* each : waiting) each->cancel();
        const auto needed = waits_for.find(here);
        if (needed == waits_for.end()) co_return std::nullopt;
        asio::steady_timer bell(
            co_await asio::this_coro::executor, asio::steady_timer::time_point::max()
        );
        waiting.push_back(&bell);
        while (!reached.contains(needed->second))
            co_await bell.async_wait(asio::as_tuple(asio::use_awaitable));
        std::erase(waiting, &bell);
        co_return std::nullopt;
    }
};

intention_status status_of(const agents::report& r, std::size_t part) {
    return r.root.children.at(part).status;
}

}  // namespace

TEST_CASE("a part starts when the parts that it needs are merged", "[split]") {
    if (!have_sandbox()) return;
    // Each later part can only be done on a tree that holds the earlier ones.
    world w(divided(
        plan(
            {{"first step", "python3 -c 'import a'", {}},
             {"second step", "python3 -c 'import a; a.two'", {1}},
             {"other step", "python3 -c 'import c'", {}},
             {"third step", "python3 -c 'import a; a.three'", {1, 2, 3}}}
        ),
        {rule_about("third step", {edit("a.py", "two = 2\n", "two = 2\nthree = 3\n")}),
         rule_about("second step", {edit("a.py", "one = 1\n", "one = 1\ntwo = 2\n")}),
         rule_about("other step", {create("c.py", "c = 1\n")}),
         rule_about("first step", {create("a.py", "one = 1\n")})}
    ));
    w.settings.check_width = 1;
    const auto ended = w.run(
        w.task("count to three", {"python3 -c 'import a, c; assert a.one + a.two == a.three'"}), 2
    );
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == "verified");
    CHECK(ended->result.decompositions == 1);
    CHECK(ended->result.files == std::vector<std::string>{"a.py", "c.py"});
}

TEST_CASE("a part whose change conflicts is done again on the merged tree", "[split]") {
    if (!have_sandbox()) return;
    world w(
        divided(
            plan({{"raise ex", "", {}}, {"raise why", "", {}}}),
            {rule_about("raise ex", {edit("m.py", "x = 1", "x = 2")}),
             rule_about("raise why", {edit("m.py", "y = 1", "y = 2")})}
        ),
        {{"m.py", "x = 1\ny = 1\n"}}
    );
    const auto ended =
        w.run(w.task("raise both", {"python3 -c 'import m; assert m.x * m.y == 4'"}));
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == "verified");
    REQUIRE(ended->root.children.size() == 2);
    // What a lost attempt did is not told as done.
    CHECK(ended->root.children[0].trace.size() == 1);
    CHECK(ended->root.children[1].trace.size() == 1);
    const auto logs = w.seen<events::log>();
    CHECK(std::any_of(logs.begin(), logs.end(), [](const events::log& l) {
        return l.message.find("m.py") != std::string::npos;
    }));
}

TEST_CASE("a part whose change conflicts twice has failed in events and report", "[split]") {
    if (!have_sandbox()) return;
    // The second part is judged each time only after another part was merged since it started.
    world w(
        divided(
            plan(
                {{"raise ex", "", {}},
                 {"raise why", "", {}},
                 {"raise zed", "", {1}},
                 {"say done", "", {3}}}
            ),
            {rule_about("raise ex", {edit("m.py", "x = 1", "x = 2")}),
             rule_about("raise why", {edit("m.py", "y = 1", "y = 2")}),
             rule_about("raise zed", {edit("m.py", "z = 1", "z = 2")}),
             rule_about("say done", {create("done.py", "done = 1\n")})}
        ),
        {{"m.py", "x = 1\ny = 1\nz = 1\n"}}
    );
    conductor order;
    order.waits_for = {{"1.2/1", "1.3/1"}, {"1.3/1", "1.2/2"}, {"1.2/2", "1.4/1"}};
    w.decide = &order;
    const auto ended = w.run(w.task("raise all", {"python3 -c 'import m, done'"}));
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == "verified");
    REQUIRE(ended->root.children.size() == 4);
    CHECK(status_of(*ended, 1) == intention_status::failed);
    CHECK_THAT(ended->root.children[1].reason, Contains("conflict") && Contains("m.py"));
    for (const auto& event : w.seen<events::intention_ended>())
        CHECK((event.status == intention_status::failed) == (event.intention == "1.2"));
}

TEST_CASE("a part that needs a failed part is cancelled", "[split]") {
    if (!have_sandbox()) return;
    world w(divided(
        plan({{"first step", "false", {}}, {"second step", "", {1}}}),
        {rule_about("first step", {create("a.py", "a = 1\n")}),
         rule_about("second step", {create("b.py", "b = 1\n")})}
    ));
    w.settings.max_depth = 1;
    const auto ended = w.run(w.task("do both steps", {"false"}));
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == "failed");
    CHECK(ended->changes.empty());
    REQUIRE(ended->root.children.size() == 2);
    CHECK(status_of(*ended, 0) == intention_status::failed);
    CHECK(status_of(*ended, 1) == intention_status::cancelled);
    CHECK_THAT(ended->root.children[1].reason, Contains("1.1"));
}

TEST_CASE("a decomposition that repeats a goal above it is refused with the way to it", "[split]") {
    if (!have_sandbox()) return;
    world w(divided(plan({{"Do BOTH steps!", "", {}}, {"second step", "", {}}}), {}));
    const auto ended = w.run(w.task("do both steps", {"false"}));
    REQUIRE(ended.has_value());
    CHECK(ended->root.children.empty());
    CHECK(ended->result.decompositions == 0);
    const auto logs = w.seen<events::log>();
    CHECK(std::any_of(logs.begin(), logs.end(), [](const events::log& l) {
        return l.message.find("do both steps > Do BOTH steps!") != std::string::npos;
    }));
}

TEST_CASE("paths of a plan that lead out of the repository are harmless", "[split]") {
    if (!have_sandbox()) return;
    const std::string plan_text =
        R"({"reason":"r","children":[{"what":"first step","acceptance":"","check":null,)"
        R"("paths":["/x.py","../../y.py"],"needs":[]},{"what":"second step","acceptance":"",)"
        R"("check":null,"paths":["../z.py"],"needs":[]}]})";
    world w(divided(
        plan_text,
        {rule_about("first step", {create("a.py", "a = 1\n")}),
         rule_about("second step", {create("b.py", "b = 1\n")})}
    ));
    const auto ended = w.run(w.task("do both steps", {"python3 -c 'import a, b'"}));
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == "verified");
}
