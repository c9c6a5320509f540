#include <riva/runtime/process.hpp>

#include "catch.hpp"
#include "processes.hpp"
#include "run.hpp"
#include "temporary_folder.hpp"

#include <riva/runtime/digest.hpp>
#include <riva/runtime/task_group.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>

namespace asio = boost::asio;
using riva::deadline;
using riva::errc;
using riva::process_exit;
using riva::process_request;
using riva::run_process;
using riva::test::children;
using riva::test::processes_with;
using riva::test::run;
using riva::test::run_and_cancel_after;
using riva::test::run_to_end;
using riva::test::shell;
using riva::test::temporary_folder;
using riva::test::unique_span;
using namespace std::chrono_literals;

namespace {

process_exit run_until(process_request request, deadline by) {
    process_exit ended;
    run([&]() -> asio::awaitable<void> { ended = (co_await run_process(request, by)).value(); });
    return ended;
}

std::string digest_of(const std::string& output, const std::string& errors) {
    return riva::sha256(riva::sha256(output) + riva::sha256(errors));
}

}  // namespace

TEST_CASE("process reports exit code and both outputs", "[process]") {
    for (const int code : {0, 1, 7, 255}) {
        const auto ended =
            run_to_end(shell("echo out; echo err >&2; exit " + std::to_string(code))).value();
        CHECK(ended.exited());
        CHECK(ended.exit_code == code);
        CHECK(ended.output == riva::captured_output{"out\n", "", 0});
        CHECK(ended.errors == riva::captured_output{"err\n", "", 0});
        CHECK(ended.output_digest == digest_of("out\n", "err\n"));
    }
    CHECK(children().empty());
}

TEST_CASE("process reports the signal that ended it", "[process]") {
    const auto ended = run_to_end(shell("kill -SEGV $$")).value();
    CHECK_FALSE(ended.exited());
    CHECK(ended.signal == SIGSEGV);
    CHECK(ended.exit_code == -1);
    CHECK_FALSE(ended.timed_out);
}

TEST_CASE("process reads its input to the end", "[process]") {
    auto request = shell("cat");
    request.input = "one\ntwo\n";
    CHECK(run_to_end(request).value().output.head == "one\ntwo\n");

    request = shell("wc -c");
    request.input = std::string(3'000'000, 'x');
    CHECK(run_to_end(request).value().output.head == "3000000\n");

    CHECK(run_to_end(shell("wc -c")).value().output.head == "0\n");
}

TEST_CASE("process may ignore its input", "[process]") {
    auto request = shell("exec <&-; exit 3");
    request.input = std::string(3'000'000, 'x');
    CHECK(run_to_end(request).value().exit_code == 3);
}

TEST_CASE("process keeps head and tail of two large outputs", "[process]") {
    auto request = shell(
        "printf begin; head -c 20000000 /dev/zero; printf end;"
        "head -c 20000000 /dev/zero >&2; printf last >&2"
    );
    request.keep = 5;
    const auto ended = run_to_end(request).value();
    CHECK(ended.exit_code == 0);
    const std::string zeros(20'000'000, '\0');
    CHECK(ended.output.head == "begin");
    CHECK(ended.output.tail == std::string("\0\0end", 5));
    CHECK(ended.output.size() == 20'000'008);
    CHECK(ended.errors.tail == std::string("\0last", 5));
    CHECK(ended.errors.size() == 20'000'004);
    CHECK(ended.output_digest == digest_of("begin" + zeros + "end", zeros + "last"));
}

TEST_CASE("process that floods is killed", "[process]") {
    auto request = shell("yes & yes >&2");
    request.flood = 1'000'000;
    request.keep = 100;
    const auto ended = run_to_end(request).value();
    CHECK(ended.flooded);
    CHECK_FALSE(ended.timed_out);
    CHECK_FALSE(ended.exited());
    CHECK(ended.exit_code == -1);
    CHECK(ended.signal == SIGKILL);
    CHECK(ended.output.size() + ended.errors.size() > 1'000'000);
    CHECK(ended.output.size() + ended.errors.size() < 2'000'000);
    CHECK(children().empty());
}

TEST_CASE("process may write as much as the flood limit", "[process]") {
    auto request = shell("head -c 1000000 /dev/zero");
    request.flood = 1'000'000;
    CHECK(run_to_end(request).value().exited());
    request.flood = 999'999;
    CHECK(run_to_end(request).value().flooded);
}

TEST_CASE("process may end by itself when its deadline passes", "[process]") {
    auto request = shell("trap 'echo bye; exit 0' TERM; echo ready; sleep 86400 & wait");
    request.grace = 60s;
    const auto ended = run_until(request, deadline::in(2s));
    CHECK(ended.timed_out);
    CHECK_FALSE(ended.exited());
    CHECK(ended.exit_code == -1);
    CHECK(ended.signal == SIGTERM);
    CHECK(ended.output.head == "ready\nbye\n");
    CHECK(ended.duration > 1s);
    CHECK(ended.duration < 60s);
}

TEST_CASE("process that ignores SIGTERM is killed with its group", "[process]") {
    const std::string span = unique_span();
    auto request = shell(
        "trap '' TERM; for i in $(seq 200); do sleep " + span + " & done; (sleep " + span +
        " & ) ; echo ready; sleep " + span
    );
    request.grace = 100ms;
    const auto ended = run_until(request, deadline::in(3s));
    CHECK(ended.timed_out);
    CHECK(ended.signal == SIGKILL);
    CHECK(ended.output.head == "ready\n");
    CHECK(processes_with(span).empty());
    CHECK(children().empty());
}

TEST_CASE("process ends although what it started holds its outputs open", "[process]") {
    const std::string span = unique_span();
    const auto ended = run_to_end(shell("sleep " + span + " & (sleep " + span + " &) ; echo done"));
    CHECK(ended.value().exit_code == 0);
    CHECK(ended.value().output.head == "done\n");
    CHECK(processes_with(span).empty());
}

TEST_CASE("process ends although a process that left its group writes on", "[process]") {
    const std::string span = unique_span();
    const auto ended =
        run_to_end(shell("setsid sh -c 'echo $$; exec sleep " + span + "' & sleep 0.5; echo done"))
            .value();
    CHECK(ended.exit_code == 0);
    const auto left = processes_with(span);
    REQUIRE(left.size() == 1);
    CHECK(ended.output.head == std::to_string(left.front()) + "\ndone\n");
    ::kill(left.front(), SIGKILL);
}

TEST_CASE("process cancelled at any step leaves no process", "[process]") {
    const std::string span = unique_span();
    std::size_t steps = 0;
    for (bool cut_off = true; cut_off; ++steps) {
        cut_off = run_and_cancel_after(
            [&]() -> asio::awaitable<void> {
                auto request = shell("sleep " + span + " & echo a; sleep 0.02; echo b >&2");
                request.input = "input";
                const auto ended = co_await run_process(request, deadline::in(60s));
                CHECK(ended.value().output.head == "a\n");
                CHECK(ended.value().errors.head == "b\n");
            },
            steps
        );
        REQUIRE(children().empty());
        REQUIRE(processes_with(span).empty());
        REQUIRE(steps < 300);
    }
    CHECK(steps > 5);
}

TEST_CASE("process cancelled during its grace is killed at once", "[process]") {
    const std::string span = unique_span();
    std::size_t steps = 0;
    for (bool cut_off = true; cut_off; ++steps) {
        cut_off = run_and_cancel_after(
            [&]() -> asio::awaitable<void> {
                auto request = shell("trap '' TERM; sleep " + span);
                request.grace = 30ms;
                const auto ended = co_await run_process(request, deadline::in(50ms));
                CHECK(ended.value().timed_out);
            },
            steps
        );
        REQUIRE(children().empty());
        REQUIRE(processes_with(span).empty());
        REQUIRE(steps < 300);
    }
    CHECK(steps > 5);
}

TEST_CASE("process output may be no UTF-8", "[process]") {
    const auto ended = run_to_end(shell(R"(printf '\377\376\0x\200')")).value();
    CHECK(ended.output.head == std::string("\xff\xfe\0x\x80", 5));
}

TEST_CASE("process runs in a folder whose name has spaces and other letters", "[process]") {
    const temporary_folder folder;
    const auto place = folder / "a b \"c\" ä日本";
    std::filesystem::create_directory(place);
    folder.write("a b \"c\" ä日本/tool", "#!/bin/sh\npwd\n");
    std::filesystem::permissions(place / "tool", std::filesystem::perms::owner_all);
    auto request = shell("pwd");
    request.directory = place;
    CHECK(run_to_end(request).value().output.head == place.string() + "\n");
    request.argv = {"./tool"};
    CHECK(run_to_end(request).value().output.head == place.string() + "\n");
}

TEST_CASE("process has exactly the environment it is given", "[process]") {
    process_request request;
    request.argv = {"env"};
    request.environment = {"PATH=/usr/bin:/bin", "LETTER=ä\nb"};
    CHECK(run_to_end(request).value().output.head == "PATH=/usr/bin:/bin\nLETTER=ä\nb\n");
}

TEST_CASE("process inherits no descriptor, signal mask or disposition", "[process]") {
    const temporary_folder folder;
    const int leak = ::open(folder.path().c_str(), O_RDONLY);
    REQUIRE(::dup2(leak, 200) == 200);
    sigset_t blocked;
    sigset_t before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    auto* const old_pipe = ::signal(SIGPIPE, SIG_IGN);
    const auto ended =
        run_to_end(shell("ls /proc/self/fd; grep -E 'Sig(Blk|Ign)' /proc/self/status"));
    ::signal(SIGPIPE, old_pipe);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::close(leak);
    ::close(200);
    CHECK(
        ended.value().output.head ==
        "0\n1\n2\n3\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"
    );
}

TEST_CASE("process leads a session of its own", "[process]") {
    const auto ended = run_to_end(shell("cut -d' ' -f5,6 /proc/$$/stat; echo $$")).value();
    const std::string text = ended.output.head;
    const std::string pid = text.substr(text.find('\n') + 1);
    CHECK(text == pid.substr(0, pid.size() - 1) + " " + pid + pid);
}

TEST_CASE("process whose deadline has passed is not started", "[process]") {
    const temporary_folder folder;
    auto request = shell("touch started");
    request.directory = folder.path();
    const auto ended = run_until(request, deadline::in(0ms));
    CHECK(ended.timed_out);
    CHECK_FALSE(ended.exited());
    CHECK(riva::test::tree_of(folder.path()).empty());
}

TEST_CASE("process that cannot be started is an error with a reason", "[process]") {
    const temporary_folder folder;
    folder.write("text", "no program");
    folder.write("script", "#!/no/such/interpreter\n");
    std::filesystem::permissions(folder / "script", std::filesystem::perms::owner_all);

    process_request request;
    request.environment = {"PATH=/usr/bin:/bin"};
    request.directory = folder.path();
    const auto refused = [&](std::vector<std::string> argv, errc code, const std::string& part) {
        request.argv = std::move(argv);
        const auto ended = run_to_end(request);
        REQUIRE(ended.has_error());
        CHECK(ended.error().code == code);
        CHECK_THAT(ended.error().context, Catch::Contains(part));
        CHECK(ended.error().context.find('\n') == std::string::npos);
    };
    refused({}, errc::command_not_found, "empty");
    refused({""}, errc::command_not_found, "no program name");
    refused({"no-such-program"}, errc::command_not_found, "no-such-program");
    refused({"no\nsuch"}, errc::command_not_found, "no");
    refused({"./missing"}, errc::command_not_found, "./missing");
    refused({"./text"}, errc::command_not_found, "./text");
    refused({"./script"}, errc::command_not_found, "./script");
    refused({"."}, errc::command_not_found, "'.'");
    refused({"echo", std::string("a\0b", 3)}, errc::path_invalid, "NUL");
    refused({"echo", std::string(3'000'000, 'x')}, errc::io_failed, "echo");
    request.directory = folder / "no such folder";
    refused({"echo"}, errc::io_failed, "no such folder");
    CHECK(children().empty());
}

TEST_CASE("process looks its program up in the given PATH only", "[process]") {
    const temporary_folder folder;
    folder.write("bin/greet", "#!/bin/sh\necho hello\n");
    folder.write("first/greet", "not executable");
    std::filesystem::permissions(folder / "bin/greet", std::filesystem::perms::owner_all);
    process_request request;
    request.argv = {"greet"};
    const std::string base = folder.path();
    request.environment = {"PATH=" + base + "/none:" + base + "/first:" + base + "/bin"};
    CHECK(run_to_end(request).value().output.head == "hello\n");
    request.environment = {"PATH=/usr/bin"};
    CHECK(run_to_end(request).error().code == errc::command_not_found);
}

TEST_CASE("process runs many at once on several threads", "[process]") {
    std::vector<int> codes(120, -1);
    run(
        [&]() -> asio::awaitable<void> {
            const auto one = [&](std::size_t i) -> asio::awaitable<void> {
                auto request = shell("echo $0; exit " + std::to_string(i % 7));
                const auto ended = (co_await run_process(request, deadline::in(60s))).value();
                codes[i] = ended.output.head == "/bin/sh\n" ? ended.exit_code : -1;
            };
            co_await riva::fan_out(codes.size(), 12, one);
        },
        3
    );
    for (std::size_t i = 0; i < codes.size(); ++i) CHECK(codes[i] == static_cast<int>(i % 7));
    CHECK(children().empty());
}
