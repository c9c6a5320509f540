#include "adaptive_width.hpp"

#include "catch.hpp"

using namespace std::chrono_literals;
using riva::llm::adaptive_width;
using riva::llm::width_policy;

namespace {

const auto start = adaptive_width::time_point(1h);

/// `count` windows of a second in which all went well.
adaptive_width::time_point grow(adaptive_width& width, adaptive_width::time_point from, int count) {
    for (int i = 0; i < count; ++i) width.succeeded(from += 1s, width.width());
    return from;
}

}  // namespace

TEST_CASE("adaptive width grows by one in a window in which it was used", "[governor]") {
    adaptive_width width{width_policy{}};
    CHECK(width.width() == 4);
    grow(width, start, 3);
    CHECK(width.width() == 7);
    for (int i = 0; i < 20; ++i) width.succeeded(start + 10s + i * 1s, 3);
    CHECK(width.width() == 7);
    grow(width, start + 1h, 100);
    CHECK(width.width() == 32);
}

TEST_CASE(
    "adaptive width does not wait for the second of a window if answers are fast", "[governor]"
) {
    adaptive_width width{width_policy{}};
    width.succeeded(start, 4);
    CHECK(width.width() == 5);
    for (int i = 0; i < 4; ++i) width.succeeded(start + 1ms, 5);
    CHECK(width.width() == 5);
    width.succeeded(start + 1ms, 5);
    CHECK(width.width() == 6);
}

TEST_CASE("adaptive width shrinks once for failures of requests sent together", "[governor]") {
    adaptive_width width{width_policy{}};
    const auto now = grow(width, start, 16);
    REQUIRE(width.width() == 20);
    for (std::uint64_t request = 1; request <= 20; ++request) width.failed(now, request, 21);
    CHECK(width.width() == 18);
    for (std::uint64_t request = 1; request <= 20; ++request) width.throttled(now, request, 21, 20);
    CHECK(width.width() == 18);
    width.throttled(now, 21, 22, 18);
    CHECK(width.width() == 9);
    for (std::uint64_t request = 22; request < 60; ++request)
        width.throttled(now, request, request + 1, 1);
    CHECK(width.width() == 1);
}

TEST_CASE(
    "adaptive width rests below a width that was refused, and tries it again later", "[governor]"
) {
    adaptive_width width{width_policy{}};
    auto now = grow(width, start, 6);
    REQUIRE(width.width() == 10);
    width.throttled(now, 1, 2, 10);
    const auto refused = now;
    now = grow(width, now, 10);
    CHECK(width.width() == 9);
    now = grow(width, now, 18);
    CHECK(width.width() == 9);
    REQUIRE(now < refused + 30s);
    now = grow(width, refused + 30s, 1);
    CHECK(width.width() == 10);
    width.throttled(now, 2, 3, 10);
    const auto again = now;
    now = grow(width, now, 58);
    CHECK(width.width() == 9);
    REQUIRE(now < again + 60s);
    grow(width, again + 60s, 3);
    CHECK(width.width() == 12);
}

TEST_CASE(
    "adaptive width grows again soon after an endpoint that refused everything", "[governor]"
) {
    adaptive_width width{width_policy{}};
    std::uint64_t request = 1;
    auto now = start;
    for (; now < start + 10min; now += 2s, ++request) width.throttled(now, request, request + 1, 1);
    REQUIRE(width.width() == 1);
    grow(width, now, 10);
    CHECK(width.width() == 11);
}
