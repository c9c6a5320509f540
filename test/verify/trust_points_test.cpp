// The plan's own trust budget.

#include "catch.hpp"

#include <riva/verify/trust_decision.hpp>

using namespace riva::verify;
using riva::verdict;

namespace {

const trust_action low{risk_level::low, "a"};

trust_settings by_points() {
    trust_settings settings;
    settings.mode = trust_mode::heuristic;
    return settings;
}

int skips_in_a_row(trust_state& state) {
    int skips = 0;
    while (!decide(by_points(), state, low, 0).verified()) ++skips;
    return skips;
}

}  // namespace

TEST_CASE("low risk is skipped above 70 points, at the price of two", "[trust][points]") {
    trust_state state;
    CHECK(skips_in_a_row(state) == 15);
    CHECK(state.points.left == 70);
    CHECK(state.points.skipped == 15);
}

TEST_CASE("medium and high risk are always verified by points", "[trust][points]") {
    trust_state state;
    for (const risk_level risk : {risk_level::medium, risk_level::high})
        CHECK(decide(by_points(), state, {risk, "a"}, 0).choice == trust_choice::verify);
    CHECK(state.points.left == 100);
}

TEST_CASE("a verification that passes earns ten points, up to 100", "[trust][points]") {
    trust_state state;
    skips_in_a_row(state);
    const auto report_pass = [&] {
        const auto made = decide(by_points(), state, {risk_level::high, "a"}, 0);
        CHECK(report(by_points(), state, made.ticket, verdict::pass));
        return state.points.left;
    };
    CHECK(report_pass() == 80);
    CHECK(report_pass() == 90);
    CHECK(report_pass() == 100);
    CHECK(report_pass() == 100);
}

TEST_CASE("a failure that was caught costs twenty points, and never earns any", "[trust][points]") {
    trust_state state;
    for (int expected : {80, 60, 40, 20, 0, 0}) {
        const auto made = decide(by_points(), state, {risk_level::high, "a"}, 0);
        CHECK(report(by_points(), state, made.ticket, verdict::fail));
        CHECK(state.points.left == expected);
    }
    CHECK(decide(by_points(), state, low, 0).choice == trust_choice::verify);
}

TEST_CASE("an unknown outcome neither earns points nor costs any", "[trust][points]") {
    trust_state state;
    const auto made = decide(by_points(), state, {risk_level::high, "a"}, 0);
    CHECK(report(by_points(), state, made.ticket, verdict::infra_error));
    CHECK(state.points.left == 100);
    CHECK_FALSE(report(by_points(), state, made.ticket, verdict::pass));
}

TEST_CASE("what is skipped by points is never counted for a certificate", "[trust][points]") {
    trust_state state;
    skips_in_a_row(state);
    report_escape(by_points(), state, low);
    CHECK(state.points.left == 50);
    CHECK(state.classes == trust_state{}.classes);
}
