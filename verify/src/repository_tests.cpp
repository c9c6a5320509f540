#include "blank_evidence.hpp"
#include "command_evidence.hpp"
#include "package_manifest.hpp"
#include "python_tests.hpp"
#include "regular_file.hpp"
#include "test_counts.hpp"
#include "tool_identity.hpp"

#include <riva/verify/checks.hpp>

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

namespace riva::verify {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_build_file = 1024 * 1024;

using counter = std::function<std::optional<long>(std::string_view log)>;

/// Where a runner writes its report. What stands on the other stream is not its.
enum class reports_on { output, errors, either };

/// How to read what came of a run.
struct report_form {
    counter count;
    reports_on stream = reports_on::output;
    bool always = true;  ///< without a report nobody knows that a test was executed
};

/// One way to run tests.
struct runner {
    std::string name;
    std::string line;  ///< for a shell
    report_form report;
    std::chrono::milliseconds cost{3000};
    bool needs_node_modules = false;
    /// Signs in the log of a failure that something outside of the repository is missing.
    std::vector<std::string_view> signs_of_absence = {};
    std::string without_pytest = {};  ///< a line to run when pytest is not installed
    report_form unittest = {};        ///< of that line
    std::string obstacle = {};        ///< why a run would prove nothing
};

/// Of two claims the one that speaks against the exit code: the other may be anybody's.
std::optional<long> tests_in(const judged_command& run, const report_form& form) {
    if (form.stream == reports_on::output) return form.count(run.output);
    if (form.stream == reports_on::errors) return form.count(run.errors);
    const auto a = form.count(run.output);
    const auto b = form.count(run.errors);
    if (!a || !b) return a ? a : b;
    return run.found.result == verdict::pass ? std::min(*a, *b) : std::max(*a, *b);
}

bool is_blank(std::string_view text) {
    return last_line(text).empty();
}

/// What a pass alone does not tell: that nothing was tested.
void doubt_pass(evidence& e, std::optional<long> tests, const report_form& form) {
    if (tests && *tests <= 0) return retract(e, verdict::indeterminate, "no test was executed");
    if (tests) {
        e.detail = "exit 0, executed: " + std::to_string(*tests);
    } else if (form.always) {
        retract(
            e,
            verdict::indeterminate,
            "exit 0 without the runner's report: did the code under test end the process?"
        );
    } else if (is_blank(e.log)) {
        retract(
            e,
            verdict::indeterminate,
            "exit 0, but nothing was printed: give the command as a check if its exit status tells "
            "enough"
        );
    }
}

/// What an exit code alone does not tell: that nothing was tested, or nothing could be.
void review(judged_command& run, const runner& by, const report_form& form) {
    evidence& e = run.found;
    if (e.result != verdict::pass && e.result != verdict::fail) return;
    const auto tests = tests_in(run, form);
    if (e.result == verdict::pass) return doubt_pass(e, tests, form);
    if (tests == 0) return retract(e, verdict::indeterminate, "no test was executed");
    const bool not_found =
        e.exit_code == 126 || e.exit_code == 127 || e.log.find("Error 127") != std::string::npos;
    if (const auto missing = not_found ? missing_program(e.log) : std::nullopt)
        return retract(e, verdict::indeterminate, *missing);
    for (const std::string_view line : lines_of(e.log))
        for (const std::string_view sign : by.signs_of_absence)
            if (line.find(sign) != std::string_view::npos)
                return retract(e, verdict::indeterminate, "cannot be run here: " + last_line(line));
}

bool lacks_pytest(const evidence& e) {
    return e.result == verdict::fail && last_line(e.log).ends_with("No module named pytest");
}

bool lacks_packages(const fs::path& root) {
    const auto manifest = read_package_manifest(root);
    std::error_code ignored;
    return manifest && manifest->has_dependencies && !fs::exists(root / "node_modules", ignored);
}

class repository_test final : public check {
public:
    repository_test(sandbox& where, runner by) : where_(where), runner_(std::move(by)) {
        traits_.id = "tests:" + runner_.name;
        traits_.layer = layer::behavioural;
        traits_.resource = resource::cpu;
        traits_.author = author::repository;
        traits_.cost = runner_.cost;
        traits_.likely_to_fail = 0.3;
        traits_.kind = runner_.line;
        if (const std::string tools = identify_tools_of(runner_.line); !tools.empty())
            traits_.recipe = runner_.line + "\n" + tools;
    }

    const check_traits& traits() const override { return traits_; }

    asio::awaitable<evidence> run(const check_input& input, deadline by) override {
        if (!runner_.obstacle.empty())
            co_return blank_evidence(traits_, input, verdict::indeterminate, runner_.obstacle);
        judged_command run = co_await run_line(input, runner_.line, by);
        evidence& e = run.found;
        if (!lacks_pytest(e)) {
            review(run, runner_, runner_.report);
        } else if (runner_.without_pytest.empty()) {
            retract(e, verdict::indeterminate, not_installed("pytest"));
        } else {
            run = co_await run_line(input, runner_.without_pytest, by);
            review(run, runner_, runner_.unittest);
        }
        if (e.result == verdict::fail && runner_.needs_node_modules && lacks_packages(input.root))
            retract(
                e,
                verdict::indeterminate,
                "packages named in package.json are not installed (no node_modules): " + e.detail
            );
        co_return std::move(run.found);
    }

private:
    asio::awaitable<judged_command> run_line(check_input input, std::string line, deadline by) {
        judging_command command;
        command.argv = {"sh", "-c", line};
        command.shown = std::move(line);
        return run_and_judge(where_, traits_, std::move(input), std::move(command), by);
    }

    sandbox& where_;
    runner runner_;
    check_traits traits_;
};

std::string read(const fs::path& file) {
    return read_regular_file(file, largest_build_file).value_or("");
}

std::string in_lower_case(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::optional<runner> python_runner(const fs::path& root) {
    const python_tests tests = find_python_tests(root);
    if (!tests.pytest && tests.unittest.empty()) return std::nullopt;
    const std::string python = tests.sources_in_src ? "PYTHONPATH=src python3 -B" : "python3 -B";
    std::string unittest;
    for (const std::string& arguments : tests.unittest) {
        if (!unittest.empty()) unittest += " && ";
        unittest += python + " -m unittest discover" + arguments;
    }
    const report_form report_of_unittest{
        [runs = tests.unittest.size()](std::string_view log) { return unittest_count(log, runs); },
        reports_on::errors
    };
    runner found{"unittest", unittest, report_of_unittest};
    if (tests.pytest) {
        // The repository's own settings may be too quiet for a report, or colour it.
        const std::string options = " --verbosity=0 --color=no -p no:cacheprovider";
        found = runner{"pytest", python + " -m pytest" + options, {pytest_count}};
        found.signs_of_absence = {"error: unrecognized arguments: "};  // of a plugin
        found.without_pytest = unittest;
        found.unittest = report_of_unittest;
    }
    if (!tests.hidden_runner.empty())
        found.obstacle = tests.hidden_runner +
                         " would be run instead of Python's own: rename it, or give a check";
    return found;
}

std::optional<runner> npm_runner(const fs::path& root) {
    const auto manifest = read_package_manifest(root);
    if (!manifest || manifest->test.empty()) return std::nullopt;
    runner npm{"npm", "npm test --silent", {any_count, reports_on::either, false}};
    npm.needs_node_modules = true;
    return npm;
}

std::optional<runner> ctest_runner(const fs::path& root) {
    const std::string lists = in_lower_case(read(root / "CMakeLists.txt"));
    const auto has = [&](std::string_view word) { return lists.find(word) != std::string::npos; };
    if (!has("enable_testing") && !has("add_test(") && !has("include(ctest)")) return std::nullopt;
    runner ctest{
        "ctest",
        "b=$(mktemp -d) && trap 'rm -rf \"$b\"' EXIT && cmake -S . -B \"$b\" && "
        "cmake --build \"$b\" -j 2 && ctest --test-dir \"$b\" --output-on-failure",
        {ctest_count, reports_on::either}
    };
    ctest.cost = std::chrono::seconds(30);
    ctest.signs_of_absence = {
        "Could NOT find ",
        "Could not find a package configuration file provided by",
        "No CMAKE_CXX_COMPILER could be found",
        "No CMAKE_C_COMPILER could be found"
    };
    return ctest;
}

std::optional<runner> cargo_runner(const fs::path& root) {
    if (!is_plain_file(root / "Cargo.toml")) return std::nullopt;
    runner cargo{"cargo", "cargo test --offline", {cargo_count}};
    cargo.cost = std::chrono::seconds(30);
    cargo.signs_of_absence = {
        "error: no matching package named", "attempting to make an HTTP request, but --offline"
    };
    return cargo;
}

std::optional<runner> go_runner(const fs::path& root) {
    if (!is_plain_file(root / "go.mod")) return std::nullopt;
    runner go{"go", "GOPROXY=off go test ./...", {go_count}};
    go.cost = std::chrono::seconds(10);
    go.signs_of_absence = {"module lookup disabled by GOPROXY=off"};
    return go;
}

bool has_target(std::string_view makefile, std::string_view target) {
    for (const std::string_view line : lines_of(makefile)) {
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || line.starts_with('\t') || line.starts_with('#') ||
            line.substr(colon).starts_with(":="))
            continue;
        std::string names = " " + std::string(line.substr(0, colon)) + " ";
        std::ranges::replace(names, '\t', ' ');
        if (names.find(" " + std::string(target) + " ") != std::string::npos) return true;
    }
    return false;
}

std::optional<runner> make_runner(const fs::path& root) {
    for (const char* name : {"GNUmakefile", "makefile", "Makefile"}) {
        const std::string makefile = read(root / name);
        for (const char* target : {"test", "check"})
            if (has_target(makefile, target)) {
                const report_form report{any_count, reports_on::either, false};
                runner make{"make", std::string("make ") + target, report};
                make.cost = std::chrono::seconds(5);
                return make;
            }
    }
    return std::nullopt;
}

}  // namespace

std::vector<std::shared_ptr<check>> repository_tests(sandbox& where, const fs::path& root) {
    std::vector<std::shared_ptr<check>> checks;
    for (const auto recognise : {python_runner, npm_runner, ctest_runner, cargo_runner, go_runner})
        if (auto found = recognise(root))
            checks.push_back(std::make_shared<repository_test>(where, std::move(*found)));
    // A makefile beside those would most likely run the same tests again.
    if (checks.empty())
        if (auto found = make_runner(root))
            checks.push_back(std::make_shared<repository_test>(where, std::move(*found)));
    return checks;
}

}  // namespace riva::verify
