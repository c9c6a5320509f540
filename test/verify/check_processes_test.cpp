#include "no_process_left.hpp"
#include "real_sandbox.hpp"
#include "temporary_folder.hpp"

#include <riva/runtime/with_deadline.hpp>
#include <riva/verify/check_graph.hpp>
#include <riva/verify/checks.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace riva::verify {
namespace {

using namespace std::chrono_literals;
using riva::test::has_child;
using riva::test::have;
using riva::test::processes_that_mention;
using riva::test::real_sandbox;
using riva::test::temporary_folder;

using strings = std::vector<std::string>;
using check_list = std::vector<std::shared_ptr<check>>;

check_list commands(const strings& lines) {
    check_list checks;
    for (const std::string& line : lines)
        checks.push_back(command_check(
            *real_sandbox(), "user:" + std::to_string(checks.size() + 1), line, author::user
        ));
    return checks;
}

asio::awaitable<std::vector<evidence>> judge_all(
    check_list checks, const temporary_folder& tree, graph_options options
) {
    return run_checks(
        std::move(checks), {tree.path(), {}, "tree hash"}, std::move(options), deadline::never()
    );
}

strings verdicts_of(
    const check_list& checks, const temporary_folder& tree, graph_options options = {}
) {
    strings texts;
    riva::test::run([&]() -> asio::awaitable<void> {
        const auto all = co_await judge_all(checks, tree, options);
        for (const evidence& e : all) texts.emplace_back(to_string(e.result));
    });
    return texts;
}

/// A line for a shell that shows, in the list of processes, whose it is.
std::string marked(std::string line, const temporary_folder& tree) {
    return std::move(line) + " # " + tree.path().string();
}

/// Fails as soon as a process shows the mark of the tree.
class lookout final : public check {
public:
    explicit lookout(const temporary_folder& tree) : mark_(tree.path().string()) {
        traits_.id = "lookout";
    }

    const check_traits& traits() const override { return traits_; }

    asio::awaitable<evidence> run(const check_input&, deadline by) override {
        while (!by.expired() && processes_that_mention("sleep 600 # " + mark_).empty())
            co_await sleep_for(5ms);
        evidence e;
        e.result = by.expired() ? verdict::indeterminate : verdict::fail;
        co_return e;
    }

private:
    std::string mark_;
    check_traits traits_;
};

void check_that_nothing_is_left(const temporary_folder& tree) {
    CHECK_FALSE(has_child());
    CHECK(processes_that_mention(tree.path().string()) == strings{});
}

}  // namespace

TEST_CASE("commands that wait for one another run at the same time", "[check_processes]") {
    if (!real_sandbox()) return;
    const temporary_folder tree;
    const std::string meet = "; until test -e a && test -e b; do sleep 0.01; done";
    CHECK(
        verdicts_of(commands({"touch a" + meet, "touch b" + meet}), tree) == strings{"pass", "pass"}
    );
}

TEST_CASE("no more commands run at once than the width allows", "[check_processes]") {
    if (!real_sandbox()) return;
    const temporary_folder tree;
    graph_options options;
    options.cpu_width = 1;
    const std::string alone = "mkdir busy && sleep 0.02 && rmdir busy";
    CHECK(
        verdicts_of(commands({alone, alone, alone}), tree, options) ==
        strings{"pass", "pass", "pass"}
    );
}

TEST_CASE("a failing check ends the command that runs beside it", "[check_processes]") {
    if (!real_sandbox()) return;
    const temporary_folder tree;
    auto checks =
        commands({marked("trap '' TERM; sleep 600 & setsid sleep 600 & sleep 600", tree), "true"});
    checks.insert(checks.begin() + 1, std::make_shared<lookout>(tree));
    graph_options options;
    options.cpu_width = 2;
    const auto begin = std::chrono::steady_clock::now();
    CHECK(verdicts_of(checks, tree, options) == strings{"skipped", "fail", "skipped"});
    CHECK(std::chrono::steady_clock::now() - begin < 60s);
    check_that_nothing_is_left(tree);
}

TEST_CASE("checks cancelled at any point leave no process", "[check_processes]") {
    if (!real_sandbox() || !have({"python3"})) return;
    const temporary_folder tree;
    tree.write("a.py", "x = 1\n");
    std::size_t steps = 0;
    for (bool cut_off = true; cut_off; ++steps) {
        cut_off = riva::test::run_and_cancel_after(
            [&]() -> asio::awaitable<void> {
                check_list checks = syntax_checks(*real_sandbox(), {"a.py"});
                for (auto& c : commands({marked("sleep 0.01", tree), "true"}))
                    checks.push_back(std::move(c));
                co_await judge_all(std::move(checks), tree, {});
            },
            steps
        );
        check_that_nothing_is_left(tree);
    }
    CHECK(steps > 10);
}

TEST_CASE("a command cancelled at any point leaves nothing that it started", "[check_processes]") {
    if (!real_sandbox()) return;
    const temporary_folder tree;
    const std::string line = "trap '' TERM; sleep 600 & setsid sleep 600 & sleep 0.1";
    std::size_t steps = 0;
    for (bool cut_off = true; cut_off; ++steps) {
        cut_off = riva::test::run_and_cancel_after(
            [&]() -> asio::awaitable<void> {
                co_await judge_all(commands({marked(line, tree)}), tree, {});
            },
            steps
        );
        check_that_nothing_is_left(tree);
    }
    CHECK(steps > 3);
}

TEST_CASE("tests of a repository cancelled at any point leave no process", "[check_processes]") {
    if (!real_sandbox() || !have({"make"})) return;
    const temporary_folder tree;
    tree.write("Makefile", "test:\n\t@echo begun; sleep 0.01\n");
    std::size_t steps = 0;
    for (bool cut_off = true; cut_off; ++steps) {
        cut_off = riva::test::run_and_cancel_after(
            [&]() -> asio::awaitable<void> {
                co_await judge_all(repository_tests(*real_sandbox(), tree.path()), tree, {});
            },
            steps
        );
        check_that_nothing_is_left(tree);
    }
    CHECK(steps > 3);
}

}  // namespace riva::verify
