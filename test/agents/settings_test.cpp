#include <riva/agents/settings.hpp>

#include "catch.hpp"

#include <riva/agents/error.hpp>

#include <cmath>
#include <random>

using namespace riva;
using namespace riva::agents;
using Catch::Contains;
using std::chrono::milliseconds;

TEST_CASE("parse_duration reads spans and nothing else", "[settings]") {
    CHECK(parse_duration("500ms") == milliseconds(500));
    CHECK(parse_duration("90s") == milliseconds(90'000));
    CHECK(parse_duration("10m") == milliseconds(600'000));
    CHECK(parse_duration("1h30m") == milliseconds(5'400'000));
    for (const auto* each : {"", "s", "10", "-5s", "1.5h", "10 m", "5x", "99999999999999999999s"}) {
        CAPTURE(each);
        CHECK_FALSE(parse_duration(each));
    }
}

TEST_CASE("every setting can be set to what describe prints of it", "[settings]") {
    const settings original;
    for (const auto& [key, value] : original.describe()) {
        CAPTURE(key, value);
        const auto known = setting_keys();
        if (std::find(known.begin(), known.end(), key) == known.end()) continue;
        settings changed = original;
        CHECK(set(changed, key, value).has_value());
        CHECK(changed.describe() == original.describe());
    }
}

TEST_CASE("an unknown setting is refused with the nearest one", "[settings]") {
    settings s;
    const auto done = set(s, "max_dept", "3");
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().code == riva::agents::errc::unknown_setting);
    CHECK_THAT(done.error().context, Contains("max_depth"));
}

TEST_CASE(
    "a value out of range or of the wrong type is refused and changes nothing", "[settings]"
) {
    for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{
             {"max_depth", "17"},
             {"max_depth", "-1"},
             {"max_depth", "two"},
             {"max_depth", ""},
             {"max_depth", "3x"},
             {"max_cycles", "0"},
             {"width", "65"},
             {"verify.check_timeout", "5"},
             {"max_tokens", "-1"},
             {"max_usd", "1e3"},
             {"max_usd", "-0.5"},
             {"intention.max_usd", "0.0000001"},
             {"strategies", "best"},
             {"trust.allowance", "per_day"},
             {"trust.clean_after_failure", "-1"},
             {"trust.clean_before_skip", "0.5"},
             {"trust.delta", "nan"},
             {"trust.epsilon", "0"},
             {"trust.epsilon", "1"},
             {"trust.epsilon", "5%"},
             {"trust.least_audit", "-0.1"},
             {"trust.mode", "on"},
             {"trust.most_audit", "1"},
             {"trust.sensitivity", "1.01"},
             {"trust.start_up", "0"},
             {"limits.small.max_output_tokens", "255"},
             {"approve", "maybe"},
             {"max_depth", "99999999999999999999"}
         }) {
        CAPTURE(key, value);
        settings s;
        const auto done = set(s, key, value);
        REQUIRE_FALSE(done.has_value());
        CHECK(done.error().code == riva::agents::errc::bad_value);
        CHECK_THAT(done.error().context, Contains(key));
        CHECK(s.describe() == settings().describe());
    }
}

TEST_CASE("prices are set per model, and printed as they are set", "[settings]") {
    settings s;
    CHECK(set(s, "prices.openai:gpt-6.1", "1.25/10").has_value());
    CHECK(s.describe().at("prices.openai:gpt-6.1") == "1.25/10");
    const auto bad = set(s, "prices.openai:x", "cheap");
    REQUIRE(bad.has_error());
    CHECK_THAT(bad.error().context, Contains("INPUT/OUTPUT") && Contains("openai:x"));
}

TEST_CASE("one name sets all strategies", "[settings]") {
    settings s;
    CHECK(set(s, "strategies", "baseline").has_value());
    CHECK(s.model_selection == strategy::baseline);
    CHECK(s.trust.mode == verify::trust_mode::off);
    CHECK(set(s, "strategy.model_selection", "optimized").has_value());
    CHECK(s.model_selection == strategy::optimized);
    CHECK(s.trust.mode == verify::trust_mode::off);
    CHECK(set(s, "strategies", "optimized").has_value());
    CHECK(s.trust.mode == verify::trust_mode::certified);
}

TEST_CASE("the settings of the trust budget come back from their text bit by bit", "[settings]") {
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> share(0x1p-1000, 1);
    for (int i = 0; i < 1000; ++i) {
        settings s;
        auto& t = s.trust;
        t.mode = static_cast<verify::trust_mode>(random() % 3);
        t.allowance = static_cast<verify::trust_allowance>(random() % 2);
        for (double* each : {&t.epsilon, &t.delta, &t.least_audit, &t.most_audit, &t.sensitivity})
            *each = std::ldexp(share(random), -static_cast<int>(random() % 40));
        t.start_up = static_cast<std::int64_t>(random() % 1000) + 1;
        t.clean_before_skip = static_cast<int>(random() % 1000);
        t.clean_after_failure = static_cast<int>(random() % 1000);
        settings copy;
        for (const auto& [key, value] : s.describe())
            if (key.starts_with("trust.")) REQUIRE(set(copy, key, value).has_value());
        CHECK(copy.trust == s.trust);
    }
}

TEST_CASE("values that cannot be right together are found when all are set", "[settings]") {
    settings s;
    CHECK(validate(s).has_value());
    CHECK(set(s, "trust.least_audit", "0.8").has_value());
    const auto found = validate(s);
    REQUIRE(found.has_error());
    CHECK(found.error().code == riva::agents::errc::bad_value);
    CHECK_THAT(found.error().context, Contains("trust.") && Contains("audits"));
    CHECK(set(s, "trust.most_audit", "0.9").has_value());
    CHECK(validate(s).has_value());
}
