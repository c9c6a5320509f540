#include "command_evidence.hpp"
#include "package_manifest.hpp"
#include "python_tests.hpp"
#include "regular_file.hpp"
#include "test_counts.hpp"

#include <riva/verify/checks.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace riva::verify {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_build_file = 1024 * 1024;

using counter = std::optional<long> (*)(std::string_view log);

/// One way to run tests, and how to read what came of it.
struct runner {
    std::string name;
    std::string line;  ///< for a shell
    counter count;
    std::chrono::milliseconds cost{3000};
    bool must_count = true;  ///< without a count nobody knows that a test was executed
    bool needs_node_modules = false;
    /// Signs in the log of a failure that something outside of the repository is missing.
    std::vector<std::string_view> signs_of_absence = {};
    std::string without_pytest = {};  ///< a line to run when pytest is not installed
};

/// What an exit code alone does not tell: that nothing was tested, or nothing could be.
void review(evidence& e, const runner& by, counter count) {
    if (e.result != verdict::pass && e.result != verdict::fail) return;
    const auto tests = count(e.log);
    if (e.result == verdict::pass) {
        if (tests.value_or(by.must_count ? 0 : 1) <= 0)
            retract(e, verdict::indeterminate, "no test was executed");
        else if (tests)
            e.detail = "exit 0, executed: " + std::to_string(*tests);
        return;
    }
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
    }

    const check_traits& traits() const override { return traits_; }

    asio::awaitable<evidence> run(const check_input& input, deadline by) override {
        evidence e = co_await run_line(input, runner_.line, by);
        if (!lacks_pytest(e)) {
            review(e, runner_, runner_.count);
        } else if (runner_.without_pytest.empty()) {
            retract(e, verdict::indeterminate, not_installed("pytest"));
        } else {
            e = co_await run_line(input, runner_.without_pytest, by);
            review(e, runner_, unittest_count);
        }
        if (e.result == verdict::fail && runner_.needs_node_modules && lacks_packages(input.root))
            retract(
                e,
                verdict::indeterminate,
                "packages named in package.json are not installed (no node_modules): " + e.detail
            );
        co_return e;
    }

private:
    asio::awaitable<evidence> run_line(check_input input, std::string line, deadline by) {
        judging_command command;
        command.argv = {"sh", "-c", line};
        command.shown = std::move(line);
        return judge_command(where_, traits_, std::move(input), std::move(command), by);
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
    if (!tests.pytest) return runner{"unittest", unittest, unittest_count};
    runner pytest{"pytest", python + " -m pytest -q -p no:cacheprovider", pytest_count};
    pytest.signs_of_absence = {"error: unrecognized arguments: "};  // of a plugin
    pytest.without_pytest = unittest;
    return pytest;
}

std::optional<runner> npm_runner(const fs::path& root) {
    const auto manifest = read_package_manifest(root);
    if (!manifest || manifest->test.empty()) return std::nullopt;
    runner npm{"npm", "npm test --silent", any_count};
    npm.must_count = false;
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
        ctest_count
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
    runner cargo{"cargo", "cargo test --offline", cargo_count};
    cargo.cost = std::chrono::seconds(30);
    cargo.signs_of_absence = {
        "error: no matching package named", "attempting to make an HTTP request, but --offline"
    };
    return cargo;
}

std::optional<runner> go_runner(const fs::path& root) {
    if (!is_plain_file(root / "go.mod")) return std::nullopt;
    runner go{"go", "GOPROXY=off go test ./...", go_count};
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
                runner make{"make", std::string("make ") + target, any_count};
                make.must_count = false;
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
