#include "catch.hpp"
#include "world.hpp"

#include <algorithm>

using namespace riva;
using Catch::Contains;
using riva::test::have_sandbox;
using riva::test::plan;
using riva::test::propose;
using riva::test::rule_about;
using riva::test::rule_for_plans;
using riva::test::script_of;
using riva::test::script_of_rules;
using riva::test::world;

namespace {

const std::string right = propose(create_file{"m.py", "x = 1\n"});
const std::string check_x = "python3 -c 'import m; assert m.x == 1'";

struct person final : agents::checkpoint {
    bool approves = true;
    bool approves_parts = true;
    bool approves_result = true;
    std::optional<judgment> opinion;
    std::string hint;
    int asked = 0;

    asio::awaitable<bool> approve_action(const intention&, const action&, const verify::risk&)
        override {
        ++asked;
        co_return approves;
    }
    asio::awaitable<bool> approve_decomposition(const intention&, std::span<const intention>)
        override {
        ++asked;
        co_return approves_parts;
    }
    asio::awaitable<bool> verify_integration(const intention&, std::span<const evidence>) override {
        co_return approves_result;
    }
    asio::awaitable<std::optional<judgment>> judge_action(const intention&, const cycle&) override {
        co_return opinion;
    }
    asio::awaitable<std::string> review_reflection(const intention&, const cycle&) override {
        co_return hint;
    }
};

}  // namespace

TEST_CASE("a person may make a judgment worse", "[checkpoint]") {
    if (!have_sandbox()) return;
    world w(script_of({right}));
    person p;
    p.opinion = judgment::failure;
    w.decide = &p;
    const auto ended = w.run(w.task("write m.py", {check_x}));
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == "failed");
    CHECK(ended->changes.empty());
}

TEST_CASE("a person cannot make a judgment better than the evidence", "[checkpoint]") {
    if (!have_sandbox()) return;
    world w(script_of({propose(create_file{"m.py", "x = 2\n"})}));
    person p;
    p.opinion = judgment::success;
    w.decide = &p;
    const auto ended = w.run(w.task("write m.py", {check_x}));
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == "failed");
    CHECK(ended->changes.empty());
}

TEST_CASE("a person cannot soften the record of a failure", "[checkpoint]") {
    if (!have_sandbox()) return;
    world w(script_of({propose(create_file{"m.py", "x = 2\n"})}));
    person p;
    p.opinion = GENERATE(judgment::partial, judgment::unclear);
    w.decide = &p;
    const auto ended = w.run(w.task("write m.py", {check_x}));
    REQUIRE(ended.has_value());
    REQUIRE_FALSE(ended->root.trace.empty());
    CHECK(ended->root.trace.front().judgment == judgment::failure);
}

TEST_CASE("a risky command runs only when a person who is asked says so", "[checkpoint]") {
    if (!have_sandbox()) return;
    const bool approved = GENERATE(true, false);
    world w(
        script_of({propose(run_command{{"rm", "-r", "old"}, ""}, false), right}),
        {{"old/a.txt", "a\n"}}
    );
    person p;
    p.approves = approved;
    w.decide = &p;
    w.settings.approve = agents::approval::ask;
    const auto ended = w.run(w.task("write m.py", {check_x}));
    REQUIRE(ended.has_value());
    CHECK(p.asked == 1);
    CHECK(ended->result.outcome == "verified");
    const auto& files = ended->result.files;
    CHECK((std::find(files.begin(), files.end(), "old/a.txt") != files.end()) == approved);
}

TEST_CASE("a decomposition that a person rejects is not carried out", "[checkpoint]") {
    if (!have_sandbox()) return;
    world w(script_of(
        {propose(create_file{"m.py", "x = 2\n"})},
        plan({{"first step", "", {}}, {"second step", "", {}}})
    ));
    person p;
    p.approves_parts = false;
    w.decide = &p;
    const auto ended = w.run(w.task("write m.py", {check_x}));
    REQUIRE(ended.has_value());
    CHECK(p.asked == 1);
    CHECK(ended->root.children.empty());
    CHECK(ended->result.outcome == "failed");
}

TEST_CASE("the next prompt says that a decomposition was rejected", "[checkpoint]") {
    if (!have_sandbox()) return;
    world w(script_of(
        {propose(create_file{"m.py", "x = 2\n"})},
        plan({{"first step", "", {}}, {"second step", "", {}}})
    ));
    person p;
    p.approves_parts = false;
    p.hint = "one-is-what-x-must-be";
    w.decide = &p;
    const auto ended = w.run(w.task("write m.py", {check_x}));
    REQUIRE(ended.has_value());
    CHECK_THAT(w.server.journal(), Contains(p.hint + "\\nNot split: The decomposition was not"));
}

TEST_CASE("parts that changed nothing and a person rejects are a failure", "[checkpoint]") {
    if (!have_sandbox()) return;
    const std::string look = propose(query{query_kind::list, "", ""});
    const std::string parts = plan({{"first step", "", {}}, {"second step", "", {}}});
    world w(script_of_rules(
        {rule_about("This task is a part of", {look}),
         rule_about("What the parts did together was not accepted", {right}),
         rule_about("", {propose(create_file{"m.py", "x = 2\n"})}),
         rule_for_plans(parts)}
    ));
    person p;
    p.approves_result = false;
    w.decide = &p;
    const auto ended = w.run(w.task("write m.py", {check_x}));
    REQUIRE(ended.has_value());
    CHECK(ended->result.decompositions == 1);
    CHECK(ended->result.outcome == "verified");
}

TEST_CASE("what a person says about a failure is in the next prompt", "[checkpoint]") {
    if (!have_sandbox()) return;
    world w(script_of({propose(create_file{"m.py", "x = 2\n"}), right}));
    person p;
    p.hint = "one-is-what-x-must-be";
    w.decide = &p;
    const auto ended = w.run(w.task("write m.py", {check_x}));
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == "verified");
    CHECK_THAT(w.server.journal(), Contains(p.hint));
}
