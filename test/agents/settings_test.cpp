#include <riva/agents/settings.hpp>

#include "catch.hpp"

#include <riva/agents/error.hpp>

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
    CHECK(set(s, "strategy.model_selection", "optimized").has_value());
    CHECK(s.model_selection == strategy::optimized);
}
