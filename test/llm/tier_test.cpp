#include <riva/llm/tier.hpp>

#include "catch.hpp"

#include <random>

using namespace riva::llm;
using Catch::Contains;

namespace {

tier_entry entry(const std::string& model, std::optional<price> p = std::nullopt) {
    tier_entry e;
    e.spec = {"openai", model, "http://127.0.0.1:1/v1", "KEY"};
    e.price = p;
    return e;
}

tier_table three(
    std::optional<price> s = {}, std::optional<price> m = {}, std::optional<price> l = {}
) {
    return tier_table({entry("s", s), entry("m", m), entry("l", l)});
}

enum tier chosen(const tier_table& table, tier_question about) {
    return choose_tier(table, about).tier;
}

tier_question simple() {
    tier_question q;
    q.complexity = 0.1;
    return q;
}

tier_standing record(double lower, double mean, double upper) {
    return {20, lower, mean, upper};
}

}  // namespace

TEST_CASE("the tier follows the complexity, and is large when that is unknown", "[tier]") {
    const auto [score, expected] = GENERATE(table<std::optional<double>, enum tier>({
        {0.0, tier::small},
        {0.29, tier::small},
        {0.3, tier::medium},
        {0.7, tier::medium},
        {0.71, tier::large},
        {1.0, tier::large},
        {std::nullopt, tier::large},
    }));
    tier_question about;
    about.complexity = score;
    CHECK(chosen(three(), about) == expected);
}

TEST_CASE("each failure moves one tier up, and stops at the largest", "[tier]") {
    tier_question about = simple();
    about.failures = 1;
    CHECK(chosen(three(), about) == tier::medium);
    CHECK_THAT(choose_tier(three(), about).reason, Contains("failed"));
    about.failures = 2;
    CHECK(chosen(three(), about) == tier::large);
    about.failures = 9;
    CHECK(chosen(three(), about) == tier::large);
}

TEST_CASE("a step up that would ask the same model again is passed over", "[tier]") {
    const tier_table table({entry("s"), entry("s"), entry("l")});
    tier_question about = simple();
    about.failures = 1;
    CHECK(chosen(table, about) == tier::large);
    CHECK(table.above(tier::small) == tier::large);
    CHECK_FALSE(table.above(tier::large));
}

TEST_CASE(
    "tiers that are not given are the nearest larger model, else the nearest smaller", "[tier]"
) {
    const tier_table one({std::nullopt, entry("m"), std::nullopt});
    CHECK(one.single());
    const tier_table two({entry("s"), std::nullopt, entry("l")});
    CHECK(two.at(tier::medium).spec.model == "l");
    const tier_table low({entry("s"), entry("m"), std::nullopt});
    CHECK(low.at(tier::large).spec.model == "m");
}

TEST_CASE("with one model nothing is chosen, and nothing escalates", "[tier]") {
    const tier_table one({std::nullopt, std::nullopt, entry("l")});
    tier_question about = simple();
    CHECK(chosen(one, about) == tier::large);
    about.failures = 3;
    CHECK(choose_tier(one, about).reason == "one model for all tiers");
}

TEST_CASE("the baseline is always large", "[tier]") {
    tier_question about = simple();
    about.always_large = true;
    CHECK(chosen(three(), about) == tier::large);
}

TEST_CASE("a good record brings work down, a bad one moves it up", "[tier]") {
    tier_question about;
    about.complexity = 0.9;
    about.standings[0] = record(0.92, 0.97, 0.99);
    CHECK(chosen(three(), about) == tier::small);
    about = simple();
    about.standings[0] = record(0.05, 0.2, 0.45);
    CHECK(chosen(three(), about) == tier::medium);
    about.standings[1] = record(0.05, 0.2, 0.45);
    CHECK(chosen(three(), about) == tier::large);
    about.standings[1] = record(0.3, 0.6, 0.8);
    CHECK(chosen(three(), about) == tier::medium);
}

TEST_CASE("a tier that fails too often for its price is passed over", "[tier]") {
    const price half{500, 500, 500, 500}, full{1000, 1000, 1000, 1000};
    tier_question about = simple();
    about.standings[0] = record(0.2, 0.4, 0.6);
    CHECK(chosen(three(half, full, full), about) == tier::medium);
    about.standings[0] = record(0.4, 0.6, 0.8);
    CHECK(chosen(three(half, full, full), about) == tier::small);
    CHECK(chosen(three({}, full, full), about) == tier::small);
}

TEST_CASE("a larger complexity or more failures never choose a smaller tier", "[tier]") {
    std::mt19937 random(5);
    for (int i = 0; i < 2000; ++i) {
        const double a = static_cast<double>(random() % 101) / 100;
        const double b = static_cast<double>(random() % 101) / 100;
        tier_question easy, hard;
        easy.complexity = std::min(a, b);
        hard.complexity = std::max(a, b);
        easy.failures = static_cast<int>(random() % 3);
        hard.failures = easy.failures + static_cast<int>(random() % 2);
        CHECK(chosen(three(), hard) >= chosen(three(), easy));
    }
}

TEST_CASE("tiers have names", "[tier]") {
    for (const tier t : all_tiers) CHECK(parse_tier(to_string(t)) == t);
    CHECK_FALSE(parse_tier("huge"));
}
