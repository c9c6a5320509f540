#include "backoff.hpp"

#include "catch.hpp"

#include <algorithm>

using namespace std::chrono_literals;
using riva::llm::backoff;
using riva::llm::retry_policy;

namespace {

retry_policy seeded(std::uint64_t seed) {
    retry_policy policy;
    policy.seed = seed;
    return policy;
}

}  // namespace

TEST_CASE("backoff is uniform up to a doubling ceiling", "[governor]") {
    backoff delays(seeded(7));
    const auto most = [&](int failures, bool throttled) {
        std::chrono::microseconds longest{}, sum{};
        for (int i = 0; i < 4000; ++i) {
            const auto delay = delays.after(failures, throttled);
            longest = std::max(longest, delay);
            sum += delay;
        }
        const double mean = static_cast<double>(sum.count()) / 4000.0;
        CHECK(mean == Approx(static_cast<double>(longest.count()) / 2).epsilon(0.1));
        return longest;
    };
    const auto near_to = [](std::chrono::microseconds longest, std::chrono::microseconds ceiling) {
        return longest <= ceiling && longest > ceiling * 9 / 10;
    };
    CHECK(near_to(most(1, false), 500ms));
    CHECK(near_to(most(2, false), 1s));
    CHECK(near_to(most(99, false), 20s));
    CHECK(near_to(most(1, true), 1s));
    CHECK(near_to(most(3, true), 4s));
}

TEST_CASE("backoff with the same seed gives the same delays", "[governor]") {
    backoff one(seeded(42)), other(seeded(42));
    for (int i = 1; i < 10; ++i) CHECK(one.after(i, false) == other.after(i, false));
    backoff random(seeded(0)), another(seeded(0));
    CHECK(random.after(2, false) != another.after(2, false));
}
