#include "waiting_line.hpp"

#include "catch.hpp"

#include <array>
#include <string>

using riva::llm::waiting_line;

TEST_CASE(
    "waiting line takes one of each run in turn, each run in order of arrival", "[governor]"
) {
    waiting_line<const char> line;
    const std::string calls = "abcdXYZ7";
    for (const char& one : calls) line.push(one >= 'a' ? 1 : one >= 'X' ? 2 : 3, one);
    CHECK(line.size() == 8);
    CHECK(line.size(1) == 4);
    line.remove(1, calls[1]);
    line.remove(1, calls[1]);
    line.remove(9, calls[0]);
    std::string order;
    while (!line.empty()) {
        const char next = line.front();
        CHECK(line.pop() == next);
        order += next;
    }
    CHECK(order == "aX7cYdZ");
    CHECK(line.size(1) == 0);
}
