#include "no_process_left.hpp"
#include "real_sandbox.hpp"
#include "temporary_folder.hpp"

#include <riva/runtime/error.hpp>
#include <riva/verify/checks.hpp>

#include <chrono>
#include <filesystem>
#include <string>

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using riva::author;
using riva::evidence;
using riva::evidence_grade;
using riva::layer;
using riva::verdict;
using riva::test::judge;
using riva::test::read_file;
using riva::test::real_sandbox;
using riva::test::temporary_folder;
using riva::verify::command_check;

namespace {

evidence judge_line(
    const fs::path& root, std::string line, std::chrono::milliseconds patience = 60s
) {
    const auto check = command_check(*real_sandbox(), "user:1", std::move(line), author::user);
    return judge(*check, root, patience);
}

/// A machine without isolation.
struct no_sandbox final : riva::sandbox {
    riva::asio::awaitable<riva::result<riva::process_exit>> run(
        riva::sandbox_command, riva::deadline
    ) override {
        co_return riva::error{riva::errc::sandbox_unavailable, "bwrap is not installed"};
    }
    std::string description() const override { return "none"; }
};

}  // namespace

TEST_CASE("a command check declares what it is", "[command_check]") {
    no_sandbox none;
    const auto check = command_check(none, "user:2", "true", author::user);
    CHECK(check->traits().id == "user:2");
    CHECK(check->traits().author == author::user);
    CHECK(check->traits().layer == layer::behavioural);
}

TEST_CASE("a command check without a sandbox is an infrastructure error", "[command_check]") {
    no_sandbox none;
    const auto check = command_check(none, "user:1", "true", author::user);
    const evidence e = judge(*check, "/");
    CHECK(e.result == verdict::infra_error);
    CHECK(e.grade == evidence_grade::none);
    CHECK(e.detail == "bwrap is not installed");
}

TEST_CASE(
    "a command check passes with complete evidence when its line exits with 0", "[command_check]"
) {
    if (!real_sandbox()) return;
    const temporary_folder tree;
    tree.write("a.txt", "hello\n");
    const evidence e = judge_line(tree.path(), "cat a.txt && echo warned >&2");
    CHECK(e.check == "user:1");
    CHECK(e.result == verdict::pass);
    CHECK(e.grade == evidence_grade::executed);
    CHECK(e.layer == layer::behavioural);
    CHECK(e.author == author::user);
    CHECK(e.command == "cat a.txt && echo warned >&2");
    CHECK(e.exit_code == 0);
    CHECK(e.inputs == "tree hash");
    CHECK(e.log == "hello\nwarned\n");
    CHECK(e.log_digest.size() == 64);
    CHECK(e.detail == "exit 0");
}

TEST_CASE("only the exit code of a command decides", "[command_check]") {
    if (!real_sandbox()) return;
    const temporary_folder tree;
    const evidence forged = judge_line(tree.path(), "echo 'ok 1 PASS'; echo 'all passed'; exit 1");
    CHECK(forged.result == verdict::fail);
    CHECK(forged.grade == evidence_grade::executed);
    CHECK(forged.exit_code == 1);
    CHECK(forged.detail == "exit 1: all passed");

    const evidence noisy = judge_line(tree.path(), "echo 'error: FAILED'; echo fatal >&2; exit 0");
    CHECK(noisy.result == verdict::pass);

    const evidence killed = judge_line(tree.path(), "kill -SEGV $$");
    CHECK(killed.result == verdict::fail);
    CHECK(killed.exit_code == 139);
    CHECK(killed.detail == "exit 139 (SIGSEGV)");
}

TEST_CASE("a command may pass without printing anything", "[command_check]") {
    if (!real_sandbox()) return;
    const temporary_folder tree;
    tree.write("a", "same\n");
    tree.write("b", "same\n");
    for (const char* line : {"cmp a b", "true", "test -s a && grep -q same b"}) {
        const evidence e = judge_line(tree.path(), line);
        CHECK(e.result == verdict::pass);
        CHECK(e.grade == evidence_grade::executed);
        CHECK(e.log.empty());
        CHECK(e.detail == "exit 0");
    }
}

TEST_CASE("a crash is a failure without isolation too, and a kill is not", "[command_check]") {
    const auto open = riva::make_open_sandbox();
    const temporary_folder tree;
    const auto judge_openly = [&](std::string line) {
        return judge(*command_check(*open, "user:1", std::move(line), author::user), tree.path());
    };
    const evidence crashed = judge_openly("kill -ABRT $$");
    CHECK(crashed.result == verdict::fail);
    CHECK(crashed.grade == evidence_grade::executed);
    CHECK(crashed.exit_code == 134);
    CHECK(crashed.detail == "exit 134 (SIGABRT)");

    const evidence killed = judge_openly("kill -KILL $$");
    CHECK(killed.result == verdict::infra_error);
    CHECK(killed.grade == evidence_grade::none);
    CHECK(!killed.exit_code);
    CHECK(killed.detail == "killed by signal 9");
}

TEST_CASE("a command ends when its shell does, whoever still holds its output", "[command_check]") {
    if (!real_sandbox()) return;
    const temporary_folder tree;
    const auto begin = std::chrono::steady_clock::now();
    const evidence e = judge_line(tree.path(), "sleep 600 & setsid sleep 600 & echo done");
    CHECK(std::chrono::steady_clock::now() - begin < 60s);
    CHECK(e.result == verdict::pass);
    CHECK(e.log == "done\n");
}

TEST_CASE("a program that does not exist makes a command indeterminate", "[command_check]") {
    if (!real_sandbox()) return;
    const temporary_folder tree;
    tree.write("not_executable", "#!/bin/sh\n");

    const evidence tool = judge_line(tree.path(), "frobnicate --all");
    CHECK(tool.result == verdict::indeterminate);
    CHECK(tool.grade == evidence_grade::none);
    CHECK(tool.exit_code == 127);
    CHECK(
        tool.detail ==
        "frobnicate is not installed where commands run: install it below /usr, where isolated "
        "commands see it"
    );
    const std::string advice =
        " is missing or not executable: add it to the repository or correct the command";
    const evidence file = judge_line(tree.path(), "./run_tests");
    CHECK(file.result == verdict::indeterminate);
    CHECK(file.detail == "./run_tests" + advice);

    const evidence mode = judge_line(tree.path(), "./not_executable");
    CHECK(mode.result == verdict::indeterminate);
    CHECK(mode.exit_code == 126);
    CHECK(mode.detail == "./not_executable" + advice);
}

TEST_CASE("an exit with 127 that no shell explains is a failure", "[command_check]") {
    if (!real_sandbox()) return;
    const temporary_folder tree;
    CHECK(judge_line(tree.path(), "echo 127 tests failed; exit 127").result == verdict::fail);
}

TEST_CASE("a command check that hangs is an infrastructure error", "[command_check]") {
    if (!real_sandbox()) return;
    const temporary_folder tree;
    const auto begin = std::chrono::steady_clock::now();
    const evidence e = judge_line(tree.path(), "echo begun; sleep 60", 2s);
    CHECK(std::chrono::steady_clock::now() - begin < 30s);
    CHECK(e.result == verdict::infra_error);
    CHECK(e.grade == evidence_grade::none);
    CHECK(!e.exit_code);
    CHECK(e.log == "begun\n");
    CHECK(e.detail.rfind("timed out after ", 0) == 0);
}

TEST_CASE(
    "a command check that floods is an infrastructure error with a bounded log", "[command_check]"
) {
    if (!real_sandbox()) return;
    const temporary_folder tree;
    const evidence e = judge_line(tree.path(), "yes 0123456789");
    CHECK(e.result == verdict::infra_error);
    CHECK(e.detail == "killed, because it wrote more than 64 MiB");
    CHECK(e.log.size() < 100'000);
}

TEST_CASE("a command check that ignores SIGTERM is ended all the same", "[command_check]") {
    if (!real_sandbox()) return;
    const temporary_folder tree;
    const std::string path = tree.path().string();
    const evidence e = judge_line(tree.path(), "trap '' TERM; sleep 600 & sleep 600 # " + path, 1s);
    CHECK(e.result == verdict::infra_error);
    CHECK_FALSE(riva::test::has_child());
    CHECK(riva::test::processes_that_mention(path).empty());
}

TEST_CASE("a command check cannot change what is read-only", "[command_check]") {
    if (!real_sandbox()) return;
    const temporary_folder tree;
    tree.write("test.sh", "exit 1\n");
    const auto check = command_check(
        *real_sandbox(), "user:1", "echo 'exit 0' > test.sh; sh test.sh", author::user, {"test.sh"}
    );
    CHECK(judge(*check, tree.path()).result == verdict::fail);
    CHECK(read_file(tree / "test.sh") == "exit 1\n");
}
