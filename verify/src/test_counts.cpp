#include "test_counts.hpp"

#include "command_evidence.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <string>
#include <vector>

namespace riva::verify {
namespace {

using words = std::vector<std::string_view>;
using lines = std::vector<std::string_view>;
using names = std::initializer_list<std::string_view>;

/// What a summary says, and on which line of the log it ends.
struct claim {
    long tests = 0;
    std::size_t line = 0;
};

std::optional<long> tests_of(const std::optional<claim>& c) {
    return c ? std::optional(c->tests) : std::nullopt;
}

words words_of(std::string_view line) {
    constexpr std::string_view separators = " \t\r,;()=";
    words found;
    for (std::size_t begin = 0; begin < line.size();) {
        begin = line.find_first_not_of(separators, begin);
        if (begin == std::string_view::npos) break;
        const std::size_t end = std::min(line.find_first_of(separators, begin), line.size());
        found.push_back(line.substr(begin, end - begin));
        begin = end;
    }
    return found;
}

std::optional<long> number(std::string_view word) {
    long value = 0;
    const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (failed != std::errc() || end != word.data() + word.size()) return std::nullopt;
    return value;
}

/// The sum of the numbers that stand before one of the labels, as in `3 passed, 1 failed`.
std::optional<long> numbers_before(std::string_view line, names labels) {
    std::optional<long> sum;
    const words all = words_of(line);
    for (std::size_t i = 1; i < all.size(); ++i)
        for (const std::string_view label : labels)
            if (const auto n = number(all[i - 1]); n && all[i] == label) sum = sum.value_or(0) + *n;
    return sum;
}

std::optional<long> number_after(std::string_view line, std::string_view label) {
    const words all = words_of(line);
    for (std::size_t i = 1; i < all.size(); ++i)
        if (all[i - 1] == label) return number(all[i]);
    return std::nullopt;
}

bool contains(std::string_view line, std::string_view text) {
    return line.find(text) != std::string_view::npos;
}

/// `in 0.12s` and `in 75.00s (0:01:15)`.
bool tells_seconds(std::string_view line) {
    const words all = words_of(line);
    for (std::size_t i = 1; i < all.size(); ++i) {
        const std::string_view span = all[i];
        if (all[i - 1] == "in" && span.size() > 1 && span.ends_with('s') &&
            span.find_first_not_of("0123456789.") == span.size() - 1)
            return true;
    }
    return false;
}

std::optional<claim> pytest_claim(const lines& log) {
    const names executed{"passed", "failed", "error", "errors", "xfailed", "xpassed"};
    const names others{"skipped", "deselected", "warning", "warnings"};
    for (std::size_t i = log.size(); i-- > 0;) {
        const std::string_view line = log[i];
        if (!tells_seconds(line)) continue;
        if (contains(line, "no tests ran in ") || contains(line, " collected in "))
            return claim{0, i};
        const auto ran = numbers_before(line, executed);
        if (ran || numbers_before(line, others)) return claim{ran.value_or(0), i};
    }
    return std::nullopt;
}

std::optional<claim> unittest_claim(const lines& log, std::size_t runs) {
    std::vector<claim> all;
    for (std::size_t i = 0; i < log.size(); ++i) {
        const std::string_view line = log[i];
        if (line.starts_with("Ran ") && tells_seconds(line))
            if (const auto n = numbers_before(line, {"test", "tests"})) all.push_back({*n, i});
        const bool conclusion = line.starts_with("OK (") || line.starts_with("FAILED (");
        const auto skipped = conclusion ? number_after(line, "skipped") : std::nullopt;
        if (!all.empty() && skipped) all.back().tests -= *skipped;
    }
    if (all.size() < runs || all.empty()) return std::nullopt;
    claim last = all.back();
    if (all.size() == runs)
        for (std::size_t i = 0; i + 1 < all.size(); ++i) last.tests += all[i].tests;
    return last;
}

std::optional<claim> ctest_claim(const lines& log) {
    std::optional<claim> last;
    for (std::size_t i = 0; i < log.size(); ++i) {
        if (contains(log[i], "No tests were found!!!")) last = claim{0, i};
        if (!contains(log[i], "% tests passed, ")) {
            if (last && log[i].ends_with(" (Skipped)")) --last->tests;
        } else if (const auto n = number_after(log[i], "of")) {
            last = claim{*n, i};
        }
    }
    return last;
}

std::optional<claim> cargo_claim(const lines& log) {
    std::optional<claim> sum;
    long unfinished = 0;
    for (std::size_t i = 0; i < log.size(); ++i) {
        if (log[i].starts_with("running ") && log[i].find(" test") != std::string_view::npos)
            ++unfinished;
        if (!log[i].starts_with("test result: ")) continue;
        --unfinished;
        const long ran = numbers_before(log[i], {"passed", "failed"}).value_or(0);
        sum = claim{(sum ? sum->tests : 0) + ran, i};
    }
    return unfinished == 0 ? sum : std::nullopt;
}

std::optional<claim> go_claim(const lines& log) {
    std::optional<claim> sum;
    for (std::size_t i = 0; i < log.size(); ++i) {
        const bool tested = log[i].starts_with("ok  \t") || log[i].starts_with("FAIL\t");
        const bool empty =
            log[i].ends_with("[no test files]") || log[i].ends_with("[no tests to run]");
        if (tested || empty) sum = claim{(sum ? sum->tests : 0) + (empty ? 0 : 1), i};
    }
    return sum;
}

bool names_a_script(std::string_view name) {
    static constexpr names endings{".js", ".cjs", ".mjs", ".ts", ".cts", ".mts"};
    const bool is_path = name.starts_with('/') || name.find(' ') == std::string_view::npos;
    return is_path && std::ranges::any_of(endings, [name](std::string_view ending) {
               return name.ends_with(ending);
           });
}

/// node reports a file in which no test ended as one test of the file's name, which passes when the
/// file's process exits with 0.
bool is_file_without_tests(std::string_view before, std::string_view line) {
    constexpr std::string_view subtest = "# Subtest: ";
    constexpr std::string_view tick = "\u2714 ";
    if (line.starts_with("ok ") && before.starts_with(subtest)) {
        const std::string_view name = before.substr(subtest.size());
        return names_a_script(name) && line.ends_with(" - " + std::string(name));
    }
    if (!line.starts_with(tick) || !line.ends_with("ms)")) return false;
    return names_a_script(line.substr(tick.size(), line.rfind(" (") - tick.size()));
}

/// node's own runner: `# tests 3` as TAP, `ℹ tests 3` for a person.
std::optional<claim> node_claim(const lines& log) {
    std::optional<claim> last;
    long without_tests = 0;
    for (std::size_t i = 0; i < log.size(); ++i) {
        if (is_file_without_tests(i > 0 ? log[i - 1] : "", log[i])) ++without_tests;
        const words all = words_of(log[i]);
        if (all.size() != 3 || (all[0] != "#" && all[0] != "\u2139")) continue;
        const auto n = number(all[2]);
        if (!n) continue;
        if (all[1] == "tests") last = claim{*n - without_tests, i};
        if (last && (all[1] == "skipped" || all[1] == "todo")) last->tests -= *n;
    }
    return last;
}

/// jest and vitest, which report files and then tests, and mocha.
std::optional<claim> javascript_claim(const lines& log) {
    std::optional<claim> last;
    const auto add = [&](std::size_t i, std::optional<long> more) {
        last = claim{(last ? last->tests : 0) + more.value_or(0), i};
    };
    for (std::size_t i = 0; i < log.size(); ++i) {
        const words all = words_of(log[i]);
        if (contains(log[i], "No tests found") || contains(log[i], "No test files found"))
            last = claim{0, i};
        if (all.size() < 2) continue;
        if (all[0] == "Test" && (all[1] == "Suites:" || all[1] == "Files"))  // cannot be loaded
            last = claim{numbers_before(log[i], {"failed"}).value_or(0), i};
        const bool jest = all[0] == "Tests:" && all.back() == "total";
        const bool vitest = all[0] == "Tests" && log[i].ends_with(')');
        if (jest || vitest) add(i, numbers_before(log[i], {"passed", "failed"}));
        if (all[1] == "passing" && number(all[0])) last = claim{*number(all[0]), i};
        if (all[1] == "failing" && number(all[0])) add(i, number(all[0]));
    }
    return last;
}

/// A makefile whose goal is the name of a folder, or has no recipe.
std::optional<claim> make_claim(const lines& log) {
    for (std::size_t i = 0; i < log.size(); ++i) {
        const bool goal = contains(log[i], "'test'") || contains(log[i], "'check'");
        const bool idle =
            contains(log[i], "Nothing to be done for '") || log[i].ends_with("' is up to date.");
        if (log[i].starts_with("make: ") && goal && idle) return claim{0, i};
    }
    return std::nullopt;
}

}  // namespace

std::optional<long> pytest_count(std::string_view log) {
    return tests_of(pytest_claim(lines_of(log)));
}

std::optional<long> unittest_count(std::string_view log, std::size_t runs) {
    return tests_of(unittest_claim(lines_of(log), runs));
}

std::optional<long> ctest_count(std::string_view log) {
    return tests_of(ctest_claim(lines_of(log)));
}

std::optional<long> node_count(std::string_view log) {
    return tests_of(node_claim(lines_of(log)));
}

std::optional<long> cargo_count(std::string_view log) {
    return tests_of(cargo_claim(lines_of(log)));
}

std::optional<long> go_count(std::string_view log) {
    return tests_of(go_claim(lines_of(log)));
}

std::optional<long> any_count(std::string_view text) {
    const lines log = lines_of(text);
    std::optional<claim> last;
    for (const auto& found :
         {node_claim(log),
          javascript_claim(log),
          make_claim(log),
          pytest_claim(log),
          unittest_claim(log, 1),
          ctest_claim(log),
          cargo_claim(log),
          go_claim(log)})
        if (found && (!last || found->line >= last->line)) last = found;
    return tests_of(last);
}

}  // namespace riva::verify
