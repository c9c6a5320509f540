#include <riva/verify/pattern_standing.hpp>

#include "catch.hpp"

#include <random>

using namespace riva::verify;
using Catch::Contains;

namespace {

double lower(double passed, double failed) {
    return assess_pattern({passed, failed, false}).lower;
}

pattern_advice advice(double passed, double failed, bool failed_last = false) {
    return assess_pattern({passed, failed, failed_last}).advice;
}

}  // namespace

TEST_CASE("the bounds of a pattern are those that Wilson's formula gives", "[pattern]") {
    CHECK(lower(5, 0) == Approx(0.5655).margin(0.0001));
    CHECK(lower(34, 0) < 0.9);
    CHECK(lower(35, 0) == Approx(0.9011).margin(0.0001));
    CHECK(lower(8, 2) == Approx(0.4902).margin(0.0001));
    CHECK(lower(90, 10) == Approx(0.8256).margin(0.0001));
    CHECK(lower(0, 10) == Approx(0).margin(1e-9));
    CHECK(assess_pattern({8, 2, false}).upper == Approx(0.9433).margin(0.0001));
    CHECK(assess_pattern({0, 5, true}).upper == Approx(0.4345).margin(0.0001));
}

TEST_CASE("nothing known of a pattern is one half, and no advice", "[pattern]") {
    const pattern_standing unknown = assess_pattern({});
    CHECK(unknown == pattern_standing{0, 0.5, 1, pattern_advice::none});
}

TEST_CASE("a pattern that failed last or fails often is to be wary of", "[pattern]") {
    CHECK(advice(1, 0) == pattern_advice::none);
    CHECK(advice(3, 0) == pattern_advice::none);
    CHECK(advice(100, 1, true) == pattern_advice::wary);
    CHECK(advice(0, 1, true) == pattern_advice::wary);
    CHECK(advice(2, 1) == pattern_advice::wary);
    CHECK(advice(4, 1) == pattern_advice::wary);
    CHECK(advice(6, 1) == pattern_advice::none);
    // A failure of long ago, and nothing since.
    CHECK(advice(0, 0.1) == pattern_advice::none);
}

TEST_CASE("a pattern is proven by thirty-five successes, not by five", "[pattern]") {
    CHECK(advice(5, 0) == pattern_advice::none);
    CHECK(advice(34, 0) == pattern_advice::none);
    CHECK(advice(35, 0) == pattern_advice::proven);
    CHECK(advice(35, 0, true) == pattern_advice::wary);
    CHECK(advice(60, 3) == pattern_advice::none);
}

TEST_CASE("the bounds of a pattern hold whatever the counts", "[pattern]") {
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937_64 dice(seed);
    std::uniform_real_distribution<double> count(0, 200);
    for (int i = 0; i < 2000; ++i) {
        const double passed = count(dice), failed = count(dice);
        const pattern_standing s = assess_pattern({passed, failed, false});
        REQUIRE(s.lower >= 0);
        REQUIRE(s.upper <= 1);
        REQUIRE(s.lower <= passed / (passed + failed));
        REQUIRE(s.upper >= passed / (passed + failed));
        REQUIRE(lower(passed + 1, failed) > s.lower);
        REQUIRE(lower(passed, failed + 1) < s.lower);
        REQUIRE(s.mean > 0);
        REQUIRE(s.mean < 1);
    }
}

TEST_CASE("what is known of a pattern is told in a sentence", "[pattern]") {
    const pattern_outcomes known{7.5, 2, true};
    CHECK_THAT(
        explain(known, assess_pattern(known)),
        Contains("7.5 that passed and 2.0 that failed, the last of them.")
    );
    CHECK(to_string(pattern_advice::wary) == "wary");
}
