#include "bubblewrap.hpp"
#include "catch.hpp"
#include "processes.hpp"
#include "run.hpp"
#include "sandbox_fixture.hpp"
#include "temporary_folder.hpp"

#include <riva/runtime/task_group.hpp>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

namespace asio = boost::asio;
using riva::deadline;
using riva::test::children;
using riva::test::processes_with;
using riva::test::run;
using riva::test::run_and_cancel_after;
using riva::test::run_in;
using riva::test::run_script;
using riva::test::script;
using riva::test::temporary_folder;
using riva::test::tree_of;
using riva::test::unique_span;
using namespace std::chrono_literals;

TEST_CASE("sandbox ends a daemon with its command", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    const std::string span = unique_span();
    const std::string seen = run_script(
        folder.path(),
        "setsid sh -c 'echo up > up; exec sleep " + span +
            "' >/dev/null 2>&1 < /dev/null &"
            "(setsid nohup sleep " +
            span + " &) ; while ! [ -s up ]; do sleep 0.01; done; echo done"
    );
    CHECK(seen == "done\n");
    CHECK(processes_with(span).empty());
    CHECK(children().empty());
}

TEST_CASE("sandbox gives a command time to end by itself at its deadline", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    const auto command =
        script(folder.path(), "trap 'echo bye > bye; exit 0' TERM; echo ready; sleep 86400 & wait");
    const auto ended = run_in(command, deadline::in(2s)).value();
    CHECK(ended.timed_out);
    CHECK(ended.exit_code == -1);
    CHECK(ended.output.head == "ready\n");
    CHECK(tree_of(folder.path()) == std::map<std::string, std::string>{{"bye", "bye\n"}});
}

TEST_CASE("sandbox kills a command that ignores SIGTERM", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    const std::string span = unique_span();
    const auto command = script(
        folder.path(),
        "trap '' TERM; for i in $(seq 50); do setsid sleep " + span + " & done; sleep " + span
    );
    const auto ended = run_in(command, deadline::in(2s)).value();
    CHECK(ended.timed_out);
    CHECK(ended.signal == SIGKILL);
    CHECK(processes_with(span).empty());
    CHECK(children().empty());
}

TEST_CASE("sandbox kills a command that floods", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    const std::string span = unique_span();
    auto command = script(folder.path(), "setsid sleep " + span + " & yes");
    command.flood = 100'000;
    command.keep = 10;
    const auto ended = run_in(command).value();
    CHECK(ended.flooded);
    CHECK(ended.output.head == "y\ny\ny\ny\ny\n");
    CHECK(processes_with(span).empty());
}

TEST_CASE("sandbox cancelled at any step leaves no process and no file", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    folder.write("fixed", "x");
    const auto before = tree_of(folder.path());
    const std::string span = unique_span();
    const auto sandbox = riva::make_bubblewrap_sandbox();
    std::size_t steps = 0;
    for (bool cut_off = true; cut_off; ++steps) {
        cut_off = run_and_cancel_after(
            [&]() -> asio::awaitable<void> {
                auto command =
                    script(folder.path(), "setsid sleep " + span + " & sleep 0.03; echo done");
                command.read_only = {"fixed", ".git"};
                const auto ended = co_await sandbox->run(command, deadline::in(60s));
                CHECK(ended.value().output.head == "done\n");
            },
            steps
        );
        REQUIRE(children().empty());
        REQUIRE(processes_with(span).empty());
        REQUIRE(tree_of(folder.path()) == before);
        REQUIRE(steps < 300);
    }
    CHECK(steps > 5);
}

TEST_CASE("sandbox leaves no process when its owner is killed while it is set up", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    const std::string span = unique_span();
    const auto report = folder.write("report", "");
    const auto never = folder.path() / "never";
    REQUIRE(::mkfifo(never.c_str(), 0600) == 0);
    // Says where it is, and waits, when it dies with its owner and its child inside does not yet.
    // Bubblewrap takes no --disable-userns with that wait.
    const auto bwrap = folder.write(
        "bwrap",
        "#!/bin/sh\nfor a; do shift; [ \"$a\" = --disable-userns ] || set -- \"$@\" \"$a\"; done\n"
        "exec /usr/bin/bwrap --info-fd 2 --userns-block-fd 0 --setenv SPAN " +
            span + " \"$@\" 0<>" + never.native() + " 2>" + report.native() + "\n"
    );
    std::filesystem::permissions(bwrap, std::filesystem::perms::owner_all);
    std::filesystem::create_directory(folder / "root");

    const pid_t owner = ::fork();
    REQUIRE(owner >= 0);
    if (owner == 0) {
        const auto sandbox = riva::make_bubblewrap_sandbox(bwrap);
        static_cast<void>(run_in(script(folder.path() / "root", "true"), *sandbox));
        ::_exit(0);
    }
    const auto patience = deadline::in(60s);
    const auto wait_until = [&](const auto& holds) {
        while (!patience.expired() && !holds()) std::this_thread::sleep_for(10ms);
        return holds();
    };
    CHECK(wait_until([&] { return riva::test::read_file(report).ends_with("}\n"); }));
    CHECK(processes_with(span).size() > 1);
    ::kill(owner, SIGKILL);
    ::waitpid(owner, nullptr, 0);
    CHECK(wait_until([&] { return processes_with(span).empty(); }));
    for (const pid_t left : processes_with(span)) ::kill(left, SIGKILL);
}

TEST_CASE("sandbox that ends at its door does not end its owner", "[sandbox]") {
    const temporary_folder folder;
    // Asks whether the command may run, and does not wait for the answer. It takes the watcher with
    // it, so that nothing of its process group is left.
    const auto bwrap = folder.write(
        "bwrap",
        "#!/bin/sh\nprintf '{\"child-pid\": %d}\\n' $$ >&4\nread -r _ <&5\necho >&6\nkill -KILL 0\n"
    );
    std::filesystem::permissions(bwrap, std::filesystem::perms::owner_all);
    std::filesystem::create_directory(folder / "root");
    const pid_t owner = ::fork();
    REQUIRE(owner >= 0);
    if (owner == 0) {
        ::signal(SIGPIPE, SIG_DFL);
        const auto sandbox = riva::make_bubblewrap_sandbox(bwrap);
        for (int i = 0; i < 20; ++i)
            static_cast<void>(run_in(script(folder.path() / "root", "true"), *sandbox));
        ::_exit(7);
    }
    int status = 0;
    REQUIRE(::waitpid(owner, &status, 0) == owner);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("sandbox runs many commands at once", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    const auto sandbox = riva::make_bubblewrap_sandbox();
    std::vector<int> codes(24, -1);
    run(
        [&]() -> asio::awaitable<void> {
            const auto one = [&](std::size_t i) -> asio::awaitable<void> {
                auto command = script(folder.path(), "touch .git || exit " + std::to_string(i));
                command.read_only = {".git", "riva.toml"};
                codes[i] = (co_await sandbox->run(command, deadline::in(60s))).value().exit_code;
            };
            co_await riva::fan_out(codes.size(), 6, one);
        },
        3
    );
    for (std::size_t i = 1; i < codes.size(); ++i) CHECK(codes[i] == static_cast<int>(i));
    CHECK(tree_of(folder.path()).empty());
}

TEST_CASE("sandbox kills processes that run away by forking", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    const std::string mark = unique_span();
    // Each starts its successor, in a session of its own, and ends.
    folder.write("run_away.sh", "setsid sh run_away.sh $1 &\n");
    const auto command = script(
        folder.path(),
        "for i in 1 2 3 4; do setsid sh run_away.sh " + mark +
            " & done; echo started; while :; do :; done"
    );
    const auto ended = run_in(command, deadline::in(2s)).value();
    CHECK(ended.timed_out);
    CHECK(ended.output.head == "started\n");
    CHECK(processes_with(mark).empty());
    CHECK(children().empty());
}
