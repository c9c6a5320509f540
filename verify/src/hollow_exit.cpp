#include "hollow_exit.hpp"

#include "test_counts.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace riva::verify {
namespace {

using words = std::vector<std::string_view>;

enum class test_program { unknown, unittest, pytest, ctest, cargo, go, node };

constexpr std::string_view blanks = " \t\r\n";

bool is_blank(std::string_view text) {
    return text.find_first_not_of(blanks) == std::string_view::npos;
}

/// Whether the runner's report may be somewhere else, or on the other stream.
bool redirects(std::string_view line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '>') return true;
        if (line[i] != '|') continue;
        if (i + 1 == line.size() || line[i + 1] != '|') return true;
        ++i;
    }
    return false;
}

/// The words after the last separator. Knows no quotes: what a quoted separator leaves is no runner
/// of tests, and then the exit status stands.
words last_command(std::string_view line) {
    line = line.substr(0, line.find_last_not_of(" \t\r\n;") + 1);
    const std::size_t begin = line.find_last_of(";&|\n(") + 1;  // npos + 1 is 0
    words all;
    for (std::size_t at = begin; at < line.size();) {
        at = line.find_first_not_of(blanks, at);
        if (at == std::string_view::npos) break;
        const std::size_t end = std::min(line.find_first_of(blanks, at), line.size());
        all.push_back(line.substr(at, end - at));
        at = end;
    }
    return all;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> all) {
    return std::ranges::find(all, word) != all.end();
}

/// Drops `A=b`, `env A=b`, `timeout -k 5 60` and the like.
words without_wrappers(words all) {
    const auto wraps = [](std::string_view word) {
        return is_one_of(word, {"env", "timeout", "nice", "time", "exec", "command"}) ||
               word.find('=') != std::string_view::npos || word.starts_with('-') ||
               (word.front() >= '0' && word.front() <= '9');
    };
    all.erase(all.begin(), std::ranges::find_if_not(all, wraps));
    return all;
}

test_program program_of(std::string_view line) {
    const words all = without_wrappers(last_command(line));
    if (all.empty()) return test_program::unknown;
    const std::string_view name = all[0].substr(all[0].rfind('/') + 1);  // npos + 1 is 0
    const auto has = [&](std::string_view word) {
        return std::ranges::find(all, word) != all.end();
    };
    if (name.starts_with("python")) {
        const auto option = std::ranges::find(all, "-m");
        const std::string_view module = all.end() - option > 1 ? option[1] : "";
        if (module == "unittest") return test_program::unittest;
        if (module == "pytest") return test_program::pytest;
    }
    if (is_one_of(name, {"pytest", "pytest-3", "py.test"})) return test_program::pytest;
    if (name == "ctest") return test_program::ctest;
    if (name == "cargo" && has("test")) return test_program::cargo;
    if (name == "go" && has("test")) return test_program::go;
    if (name == "node" && has("--test")) return test_program::node;
    return test_program::unknown;
}

struct report {
    std::string_view of;
    std::optional<long> tests;
    bool complete = true;
};

report report_of(test_program program, const judged_command& said) {
    const bool silent = is_blank(said.output) && is_blank(said.errors);
    const auto always = [](std::string_view of, std::optional<long> tests) {
        return report{of, tests, tests.has_value()};
    };
    switch (program) {
        case test_program::unittest: return always("unittest", unittest_count(said.errors));
        case test_program::cargo: return always("cargo test", cargo_count(said.output));
        case test_program::go: return always("go test", go_count(said.output));
        case test_program::pytest: {  // twice quiet, it ends with the progress
            const auto tests = pytest_count(said.output);
            return {"pytest", tests, tests || said.output.find("[100%]") != std::string::npos};
        }
        case test_program::ctest:
            return {"ctest", ctest_count(said.output + "\n" + said.errors), !silent};
        case test_program::node: return {"node --test", node_count(said.output), !silent};
        case test_program::unknown: break;
    }
    // The more favourable stream, because nothing shows which of the two is of the runner.
    return {"", std::max(any_count(said.output), any_count(said.errors))};
}

}  // namespace

std::optional<std::string> hollow_exit(std::string_view line, const judged_command& said) {
    const auto program = redirects(line) ? test_program::unknown : program_of(line);
    const report r = report_of(program, said);
    if (r.tests && *r.tests <= 0) return "exit 0, but no test was executed";
    if (r.complete) return std::nullopt;
    return "exit 0, but " + std::string(r.of) +
           " ended without its report: did the code under test end the process?";
}

}  // namespace riva::verify
