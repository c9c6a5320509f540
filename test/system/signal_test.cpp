#include "catch.hpp"
#include "processes.hpp"
#include "program.hpp"
#include "recorded_runs.hpp"
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

namespace {

/// The journal knows that the run was stopped.
bool was_cancelled(const interrupted_run& r) {
    const auto recorded = test::recorded_in(r.i, test::runs_in(r.i).front());
    const auto* last = std::get_if<events::run_result>(&recorded.back().body);
    return last != nullptr && last->outcome == "cancelled" && last->resumable;
}

}  // namespace

TEST_CASE("SIGTERM, SIGHUP and a second SIGINT are recorded within two seconds", "[signals]") {
    if (!have_sandbox()) return;
    for (const auto& [signal, status] : std::map<std::string, int>{
             {"kill -TERM $pid", 143},
             {"kill -HUP $pid", 130},
             {"kill -INT $pid; sleep 0.1; kill -INT $pid", 130}
         }) {
        INFO(signal);
        interrupted_run r;
        const auto ended = r.run(
            "date +%s%N > $HOME/sent; " + signal +
            "; wait $pid; status=$?; date +%s%N > $HOME/done; exit $status"
        );
        CHECK(ended.status == status);
        CHECK(was_cancelled(r));
        const auto at = [&](const char* file) {
            return std::stoll(test::read_file(r.i.home / file));
        };
        CHECK(at("done") - at("sent") < 2'000'000'000);
        r.check_nothing_is_left();
    }
}

TEST_CASE("a run that nohup started goes on when the terminal is closed", "[signals]") {
    if (!have_sandbox()) return;
    interrupted_run r;
    const auto ended = r.i.shell(
        "trap '' HUP; $RIVA run 'write add' --check 'sleep 0.5' --model " + r.server.spec() +
        " --json > $HOME/out & pid=$!; until grep -q action.executed $HOME/out; do sleep 0.01; "
        "done; kill -HUP $pid; wait $pid"
    );
    CHECK(ended.status == 0);
}

TEST_CASE("a run whose output nobody reads any more stops, and can be resumed", "[signals]") {
    if (!have_sandbox()) return;
    interrupted_run r;
    const auto ended = r.i.shell(
        "(timeout 60 $RIVA run 'write add' --check 'sleep 0.2; test -f m.py' --model " +
        r.server.spec() + " --json; echo $? > $HOME/status) | head -n 1"
    );
    CHECK_THAT(ended.out, Contains("run.started"));
    CHECK(test::read_file(r.i.home / "status") == "130\n");
    CHECK(was_cancelled(r));
    r.check_nothing_is_left();
    CHECK(r.i.riva({"resume", test::runs_in(r.i).front()}).status == 0);
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
