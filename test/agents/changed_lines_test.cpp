#include "changed_lines.hpp"

#include "catch.hpp"

using riva::agents::changed_lines;

using lines = std::vector<std::size_t>;

TEST_CASE("the lines that a change touched are those that are new in it", "[canaries]") {
    CHECK(changed_lines("a\nb\nc\n", "a\nB\nc\nd\n") == lines{2, 4});
    CHECK(changed_lines("", "a\nb\n") == lines{1, 2});
    CHECK(changed_lines("a\nb\n", "a\n").empty());
    CHECK(changed_lines("a\n", "a\n").empty());
    CHECK(changed_lines("a\n", "@@ -1 +1 @@\n+++ b\n") == lines{1, 2});
    std::string before, after;
    lines expected;
    for (std::size_t i = 1; i <= 100; ++i) {
        before += std::to_string(i) + "\n";
        after += std::to_string(i) + (i % 20 == 0 ? " changed\n" : "\n");
        if (i % 20 == 0) expected.push_back(i);
    }
    CHECK(changed_lines(before, after) == expected);
}
