#include "catch.hpp"
#include "processes.hpp"
#include "program.hpp"
#include "world.hpp"

using namespace riva;
using Catch::Contains;
using riva::test::have_sandbox;
using riva::test::installation;
using riva::test::model_server;
using riva::test::result_in;

namespace {

/// A run whose check sleeps, and which gets `kill` as soon as that check runs in its sandbox.
struct interrupted_run {
    std::string span = test::unique_span();
    model_server server{test::script_that_writes_add()};
    installation i{{{"a.txt", "a\n"}}};
    std::map<std::string, std::string> before = test::tree_of(i.repository.path());

    test::ended_program run(const std::string& kill) {
        const auto out = (i.home / "out").string();
        auto ended = i.shell(
            "$RIVA run 'write add' --check 'touch up; sleep " + span + "' --model " +
            server.spec() + " --json --write > " + out + " & pid=$!; until ls " +
            (i.home / "state").string() + "/runs/*/tree/up > " + (i.home / "up").string() +
            " 2>&1; do sleep 0.05; done; " + kill + "; wait $pid; exit $?"
        );
        ended.out = test::read_file(out);
        return ended;
    }

    void check_nothing_is_left() {
        CHECK(test::processes_with(span).empty());
        CHECK(test::tree_of(i.repository.path()) == before);
    }
};

}  // namespace

TEST_CASE("SIGTERM ends a run now, with status 143 and a last line", "[signals]") {
    if (!have_sandbox()) return;
    interrupted_run r;
    const auto ended = r.run("kill -TERM $pid");
    INFO(ended.err);
    CHECK(ended.status == 143);
    CHECK(result_in(ended).outcome == "cancelled");
    r.check_nothing_is_left();
}

TEST_CASE("a second SIGINT ends a run now, with status 130 and a last line", "[signals]") {
    if (!have_sandbox()) return;
    interrupted_run r;
    const auto ended = r.run("kill -INT $pid; sleep 0.3; kill -INT $pid");
    INFO(ended.err);
    CHECK(ended.status == 130);
    CHECK(result_in(ended).outcome == "cancelled");
    r.check_nothing_is_left();
}

TEST_CASE("SIGKILL leaves no process of a check and no changed tree", "[signals]") {
    if (!have_sandbox()) return;
    interrupted_run r;
    const auto ended = r.run("kill -KILL $pid; sleep 0.5");
    CHECK(ended.status == 137);
    r.check_nothing_is_left();
    const auto listed = r.i.riva({"runs"});
    CHECK(listed.status == 0);
    CHECK_THAT(listed.out, Contains("write add"));
}

TEST_CASE("SIGKILL while a sandbox is being set up leaves no process", "[signals]") {
    if (!have_sandbox()) return;
    for (int milliseconds = 0; milliseconds < 36; milliseconds += 2) {
        interrupted_run r;
        const auto out = (r.i.home / "out").string();
        r.i.shell(
            "$RIVA run 'write add' --check 'sleep " + r.span + "' --model " + r.server.spec() +
            " --json > " + out + " & pid=$!; until grep -q user:1 " + out +
            "; do sleep 0.002; done; sleep 0.0" + (milliseconds < 10 ? "0" : "") +
            std::to_string(milliseconds) + "; kill -KILL $pid; wait $pid; sleep 0.3"
        );
        INFO("killed after " << milliseconds << " ms");
        r.check_nothing_is_left();
    }
}
