#include "test_counts.hpp"

#include "command_evidence.hpp"

#include <charconv>
#include <initializer_list>
#include <vector>

namespace riva::verify {
namespace {

using words = std::vector<std::string_view>;

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
std::optional<long> numbers_before(
    std::string_view line, std::initializer_list<std::string_view> labels
) {
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

void add(std::optional<long>& sum, std::optional<long> more) {
    if (more) sum = sum.value_or(0) + *more;
}

/// node's own runner: `# tests 3` as TAP, `ℹ tests 3` for a person.
std::optional<long> node_count(std::string_view log) {
    std::optional<long> sum;
    for (const std::string_view line : lines_of(log)) {
        const words all = words_of(line);
        if (all.size() != 3 || (all[0] != "#" && all[0] != "\u2139")) continue;
        const auto n = number(all[2]);
        if (!n) continue;
        if (all[1] == "tests") add(sum, n);
        if (sum && (all[1] == "skipped" || all[1] == "todo")) add(sum, -*n);
    }
    return sum;
}

std::optional<long> javascript_count(std::string_view log) {
    std::optional<long> sum;
    for (const std::string_view line : lines_of(log)) {
        const words all = words_of(line);
        if (all.size() < 2) continue;
        if (all[0] == "Tests:" || all[0] == "Tests")  // jest, vitest
            add(sum, numbers_before(line, {"passed", "failed"}).value_or(0));
        if (all[0] == "Test" && (all[1] == "Suites:" || all[1] == "Files"))
            add(sum, numbers_before(line, {"failed"}));  // one that cannot be loaded has no tests
        if (number(all[0]) && (all[1] == "passing" || all[1] == "failing"))
            add(sum, number(all[0]));  // mocha
        if (line.find("No tests found") != std::string_view::npos ||
            line.find("No test files found") != std::string_view::npos)
            add(sum, 0);
    }
    return sum;
}

std::optional<long> make_count(std::string_view log) {
    for (const std::string_view line : lines_of(log))
        if (line.starts_with("make: ") &&
            (line.find("Nothing to be done for") != line.npos || line.ends_with("is up to date.")))
            return 0;
    return std::nullopt;
}

}  // namespace

std::optional<long> pytest_count(std::string_view log) {
    const auto lines = lines_of(log);
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        if (line->find("no tests ran in ") != std::string_view::npos) return 0;
        if (line->find(" in ") == std::string_view::npos) continue;
        const bool summary = numbers_before(
                                 *line,
                                 {"passed",
                                  "failed",
                                  "error",
                                  "errors",
                                  "skipped",
                                  "deselected",
                                  "xfailed",
                                  "xpassed"}
        )
                                 .has_value();
        if (summary)
            return numbers_before(
                       *line, {"passed", "failed", "error", "errors", "xfailed", "xpassed"}
            )
                .value_or(0);
    }
    return std::nullopt;
}

std::optional<long> unittest_count(std::string_view log) {
    std::optional<long> sum;
    for (const std::string_view line : lines_of(log)) {
        if (line.starts_with("Ran ")) add(sum, numbers_before(line, {"test", "tests"}));
        const bool conclusion = line.starts_with("OK (") || line.starts_with("FAILED (");
        if (const auto skipped = number_after(line, "skipped"); sum && conclusion && skipped)
            *sum -= *skipped;
    }
    return sum;
}

std::optional<long> ctest_count(std::string_view log) {
    std::optional<long> sum;
    for (const std::string_view line : lines_of(log)) {
        if (line.find("No tests were found!!!") != std::string_view::npos) add(sum, 0);
        if (line.find("% tests passed, ") != std::string_view::npos)
            add(sum, number_after(line, "of"));
    }
    return sum;
}

std::optional<long> cargo_count(std::string_view log) {
    std::optional<long> sum;
    for (const std::string_view line : lines_of(log))
        if (line.starts_with("test result: ")) add(sum, numbers_before(line, {"passed", "failed"}));
    return sum;
}

std::optional<long> go_count(std::string_view log) {
    std::optional<long> sum;
    for (const std::string_view line : lines_of(log)) {
        const bool tested = line.starts_with("ok  \t") || line.starts_with("FAIL\t");
        const bool empty = line.ends_with("[no test files]") || line.ends_with("[no tests to run]");
        if (empty)
            add(sum, 0);
        else if (tested)
            add(sum, 1);
    }
    return sum;
}

std::optional<long> any_count(std::string_view log) {
    std::optional<long> sum;
    for (const auto count :
         {node_count,
          javascript_count,
          make_count,
          pytest_count,
          unittest_count,
          ctest_count,
          cargo_count,
          go_count})
        add(sum, count(log));
    return sum;
}

}  // namespace riva::verify
