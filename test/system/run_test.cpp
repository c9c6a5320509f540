#include "catch.hpp"
#include "program.hpp"

using namespace riva;
using Catch::Contains;
using riva::test::have_sandbox;
using riva::test::installation;
using riva::test::model_server;
using riva::test::result_in;
using riva::test::script_that_writes_add;

namespace {

const std::string check = "python3 -c 'import m; assert m.add(1, 2) == 3'";

}  // namespace

TEST_CASE("riva demo prints a diff and ends verified by execution", "[demo]") {
    if (!have_sandbox()) return;
    const installation i;
    const auto ended = i.riva({"demo"});
    INFO(ended.err);
    CHECK(ended.status == 0);
    CHECK_THAT(ended.out, Contains("--- a/intervals.py\n+++ b/intervals.py\n"));
    CHECK_THAT(ended.err, Contains("verified, evidence executed"));
}

TEST_CASE("riva run prints a diff that git can apply, and leaves the tree alone", "[run]") {
    if (!have_sandbox()) return;
    model_server server(script_that_writes_add(1));
    const installation i({{"main.py", "import m\n"}});
    const auto before = test::tree_of(i.repository.path());
    const auto ended =
        i.riva({"run", "write add in m.py", "--check", check, "--model", server.spec()});
    INFO(ended.err);
    CHECK(ended.status == 0);
    CHECK(test::tree_of(i.repository.path()) == before);
    i.repository.write("change.diff", ended.out);
    CHECK(i.shell("git init -q . && git apply --check change.diff").status == 0);
}

TEST_CASE("riva apply takes a change over, and refuses a tree that moved on", "[run]") {
    if (!have_sandbox()) return;
    model_server server(script_that_writes_add());
    const installation i({{"main.py", "import m\n"}});
    const auto ran =
        i.riva({"run", "write add", "--check", check, "--model", server.spec(), "--json"});
    const std::string id = event_from_json(ran.lines().back()).value().run;
    SECTION("as it was") {
        const auto applied = i.riva({"apply", id});
        INFO(applied.err);
        CHECK(applied.status == 0);
        CHECK(test::read_file(i.repository / "m.py") == "def add(a, b):\n    return a + b\n");
        const auto after = test::tree_of(i.repository.path());
        CHECK(i.riva({"apply", id}).status == 0);  // as after an interruption
        CHECK(test::tree_of(i.repository.path()) == after);
    }
    SECTION("a file of that name has come up") {
        i.repository.write("m.py", "mine\n");
        const auto before = test::tree_of(i.repository.path());
        const auto applied = i.riva({"apply", id});
        CHECK(applied.status != 0);
        CHECK_THAT(applied.err, Contains("m.py"));
        CHECK(test::tree_of(i.repository.path()) == before);
    }
}

TEST_CASE("riva run --write changes the tree when the change is verified, and only then", "[run]") {
    if (!have_sandbox()) return;
    model_server server(script_that_writes_add());
    const installation i({{"main.py", "import m\n"}});
    SECTION("verified") {
        const auto ended = i.riva(
            {"run", "write add", "--check", check, "--model", server.spec(), "--write", "--quiet"}
        );
        CHECK(ended.status == 0);
        CHECK(ended.err.empty());
        CHECK(test::read_file(i.repository / "m.py") == "def add(a, b):\n    return a + b\n");
    }
    SECTION("unverified") {
        const auto before = test::tree_of(i.repository.path());
        const auto ended = i.riva({"run", "write add", "--model", server.spec(), "--write"});
        CHECK(ended.status == 4);
        CHECK(test::tree_of(i.repository.path()) == before);
    }
}

TEST_CASE("riva run --json prints events in order, and run.result last", "[run]") {
    if (!have_sandbox()) return;
    model_server server(script_that_writes_add());
    const installation i;
    const auto ended = i.riva(
        {"run", "-", "--check", check, "--model", server.spec(), "--json"}, "write add in m.py\n"
    );
    INFO(ended.err);
    REQUIRE(ended.status == 0);
    std::uint64_t seq = 0;
    for (const auto& line : ended.lines()) {
        const auto e = event_from_json(line);
        INFO(line);
        REQUIRE(e.has_value());
        CHECK(e->seq >= seq);
        seq = e->seq;
    }
    CHECK(result_in(ended).outcome == "verified");
    CHECK(result_in(ended).grade == evidence_grade::executed);
    CHECK(result_in(ended).files == std::vector<std::string>{"m.py"});
}

TEST_CASE("riva show and runs tell what a run did", "[run]") {
    if (!have_sandbox()) return;
    model_server server(script_that_writes_add(1));
    const installation i;
    const auto ran =
        i.riva({"run", "write add", "--check", check, "--model", server.spec(), "--json"});
    const std::string id = event_from_json(ran.lines().back()).value().run;
    const auto listed = i.riva({"runs"});
    CHECK(listed.status == 0);
    CHECK_THAT(listed.out, Contains(id) && Contains("verified") && Contains("write add"));
    const auto shown = i.riva({"show", id});
    CHECK(shown.status == 0);
    CHECK_THAT(shown.out, Contains("user:1") && Contains("verified"));
    const auto unknown = i.riva({"show", "20000101-000000-000000"});
    CHECK(unknown.status == 2);
    CHECK_THAT(unknown.err, Contains("riva runs"));
}

TEST_CASE("riva doctor and agents answer", "[run]") {
    const installation i;
    CHECK_THAT(i.riva({"agents"}).out, Contains("coder"));
    CHECK_THAT(i.riva({"doctor"}).out, Contains("python3"));
    CHECK_THAT(i.riva({"--version"}).out, Contains("riva"));
}

TEST_CASE("riva model-server serves a suite to riva run", "[run]") {
    if (!have_sandbox()) return;
    const installation i(
        {{"suite.jsonl",
          R"({"task_id":"T/1","language":"python","kind":"repair",)"
          R"("prompt":"The function f in solution.py is wrong. Fix it.","files":{"solution.py":"def f():\n    return 1\n"},)"
          R"("solution_file":"solution.py","test_command":"python3 test.py","canonical_solution":"def f():\n    return 2\n",)"
          R"("wrong_solutions":[],"correct_solutions":[]})"
          "\n"},
         {"solution.py", "def f():\n    return 1\n"},
         {"test.py", "from solution import f\nassert f() == 2\n"}}
    );
    const auto ended = i.shell(
        "$RIVA model-server --suite suite.jsonl --port 0 --port-file port --time-scale 0 "
        "2>/dev/null & "
        "pid=$!; while ! test -s port; do sleep 0.05; done; "
        "$RIVA run 'The function f in solution.py is wrong. Fix it.' --check 'python3 test.py' "
        "--model openai:large@http://127.0.0.1:$(cat port)/v1 --write; status=$?; kill $pid; wait "
        "$pid; exit $status"
    );
    INFO(ended.err);
    CHECK(ended.status == 0);
    CHECK(test::read_file(i.repository / "solution.py") == "def f():\n    return 2\n");
}
