// What ends a run that does not come to its goal.

#include "catch.hpp"
#include "world.hpp"

#include <riva/agents/error.hpp>

using namespace riva;
using riva::test::have_sandbox;
using riva::test::plan;
using riva::test::propose;
using riva::test::script_of;
using riva::test::world;

namespace {

std::string useless(int number = 0) {
    return propose(create_file{"x" + std::to_string(number) + ".txt", "x\n"});
}

const events::run_result& result_of(const result<agents::report>& ended) {
    return ended.value().result;
}

}  // namespace

TEST_CASE("a run refuses what cannot start, and names what to do", "[limits]") {
    world w(script_of({useless()}), {{"a.txt", "a\n"}});
    agents::task job = w.task("do it", {"true"});
    error_code expected;
    SECTION("an empty task") {
        job.what = " \n\t";
        expected = agents::errc::empty_task;
    }
    SECTION("an unknown agent") {
        job.agent = "poet";
        expected = agents::errc::unknown_agent;
    }
    SECTION("no model") {
        w.settings.model.reset();
        expected = agents::errc::no_model;
    }
    SECTION("a trust budget that cannot be right") {
        w.settings.trust.least_audit = 0.9;
        expected = agents::errc::bad_value;
    }
    SECTION("no repository") {
        job.repository /= "missing";
        expected = riva::errc::tree_unreadable;
    }
    const auto ended = w.run(job);
    REQUIRE(ended.has_error());
    CHECK(ended.error().code == expected);
    CHECK(ended.error().context.size() > 10);
    CHECK(w.events.empty());
    CHECK(w.server.requests() == 0);
}

TEST_CASE("max_cycles ends an intention that keeps failing", "[limits]") {
    if (!have_sandbox()) return;
    world w(script_of({useless()}));
    w.settings.max_cycles = 2;
    w.settings.max_depth = 0;
    const auto ended = w.run(w.task("do it", {"false"}));
    CHECK(result_of(ended).outcome == "failed");
    CHECK(ended->root.trace.size() == 2);
    CHECK(w.server.requests() == 2);
}

TEST_CASE("max_steps ends an intention that only looks around", "[limits]") {
    if (!have_sandbox()) return;
    world w(script_of({propose(query{query_kind::search, "", "a"}, false)}), {{"a.txt", "a\n"}});
    w.settings.max_steps = 3;
    w.settings.max_depth = 0;
    const auto ended = w.run(w.task("do it", {"true"}));
    CHECK(result_of(ended).outcome == "failed");
    CHECK(w.server.requests() == 3);
}

TEST_CASE("max_intentions ends a run that splits too much", "[limits]") {
    if (!have_sandbox()) return;
    world w(
        script_of({useless()}, plan({{"first half", "false", {}}, {"second half", "false", {}}}))
    );
    w.settings.max_intentions = 2;
    w.settings.max_cycles = 1;
    const auto ended = w.run(w.task("build the engine and the database and the server", {"false"}));
    CHECK(result_of(ended).outcome == "exhausted");
    CHECK(result_of(ended).error->kind == "intentions");
}

TEST_CASE("the budget of tokens ends a run before the call that would exceed it", "[limits]") {
    world w(script_of({useless()}));
    w.settings.spending.tokens = 100;
    const auto ended = w.run(w.task("do it", {"true"}));
    CHECK(result_of(ended).outcome == "exhausted");
    CHECK(result_of(ended).error->kind == "tokens");
    CHECK(w.server.requests() == 0);
}

TEST_CASE("the number of calls ends a run", "[limits]") {
    if (!have_sandbox()) return;
    world w(script_of({useless()}));
    w.settings.spending.calls = 2;
    const auto ended = w.run(w.task("do it", {"false"}));
    CHECK(result_of(ended).outcome == "exhausted");
    CHECK(w.server.requests() == 2);
}

TEST_CASE("the deadline ends a run in the middle of a check", "[limits]") {
    if (!have_sandbox()) return;
    world w(script_of({useless()}));
    w.time = std::chrono::milliseconds(1500);
    const auto ended = w.run(w.task("do it", {"sleep 100"}));
    CHECK(result_of(ended).outcome == "exhausted");
    CHECK(result_of(ended).error->kind == "deadline");
    CHECK(result_of(ended).wall_ms < 20'000);
}

TEST_CASE("a check that hangs is infrastructure, not a verdict about the change", "[limits]") {
    if (!have_sandbox()) return;
    world w(script_of({useless()}));
    w.settings.check_timeout = std::chrono::milliseconds(300);
    w.settings.max_cycles = 1;
    w.settings.max_depth = 0;
    const auto ended = w.run(w.task("do it", {"sleep 100"}));
    CHECK(result_of(ended).outcome == "failed");
    const auto checks = w.seen<events::check_ended>();
    REQUIRE_FALSE(checks.empty());
    CHECK(checks.back().evidence.result != verdict::pass);
}

TEST_CASE("every failure of a model is one sentence, an error and no change", "[limits]") {
    const auto [fault, attempts] = GENERATE(table<std::string, int>({
        {R"({"status":401})", 1},
        {R"({"status":404})", 1},
        {R"({"status":500})", 3},
        {R"({"status":429})", 3},
    }));
    const std::string script =
        R"({"rules":[{"match":{},"replies":[{"text":"{}","fault":)" + fault + "}]}]}";
    world w(script, {{"a.txt", "a\n"}});
    const auto before = test::tree_of(w.repository.path());
    const auto ended = w.run(w.task("do it", {"true"}));
    INFO(fault);
    CHECK(result_of(ended).outcome == "error");
    REQUIRE(result_of(ended).error.has_value());
    CHECK(result_of(ended).error->kind == "provider");
    CHECK(result_of(ended).error->message.find('\n') == std::string::npos);
    CHECK(test::tree_of(w.repository.path()) == before);
    CHECK(w.server.requests() >= static_cast<std::uint64_t>(attempts));
}
