// What the certified trust budget guarantees and what it saves, in simulated streams. The figures
// of docs/trust.md are those printed here.

#include "catch.hpp"
#include "trust_simulation.hpp"

#include <cmath>
#include <cstdio>

using namespace riva::test;
using riva::verify::trust_allowance;
using riva::verify::trust_mode;
using riva::verify::trust_settings;

namespace {

trust_settings plans_own() {
    return {.mode = trust_mode::heuristic};
}

void print(std::string_view what, const simulated_runs& r) {
    std::printf(
        "  %-20.*s %5.1f %% verified, %5.1f of 1000 escaped (at most %lld), "
        "over the bound in %.2f %% of %d runs, over the allowance in %.2f %%\n",
        static_cast<int>(what.size()),
        what.data(),
        100 * r.verified_share,
        r.escapes_per_1000,
        static_cast<long long>(r.most_escaped),
        100 * r.broke_bound,
        r.runs,
        100 * r.broke_allowance
    );
}

double three_standard_errors(double probability, int runs) {
    return 3 * std::sqrt(probability * (1 - probability) / runs);
}

}  // namespace

TEST_CASE(
    "at all times and whatever fails, no more has escaped than the certificate says",
    "[trust][property]"
) {
    constexpr int runs = 2000;
    const trust_settings settings;
    const double most = settings.delta + three_standard_errors(settings.delta, runs);
    std::printf("certified, 1000 actions, seeds 1 to %d:\n", runs);
    for (const stream kind :
         {stream::steady,
          stream::bad,
          stream::abrupt_drift,
          stream::wrong_when_trusted,
          stream::wrong_until_caught,
          stream::random_threshold}) {
        const auto figures = simulate_runs(kind, settings, {1000}, runs).back();
        print(name_of(kind), figures);
        INFO(name_of(kind));
        CHECK(figures.broke_bound <= most);
        CHECK(figures.broke_allowance <= most);
        CHECK(figures.escapes_per_1000 <= 50);
    }
}

TEST_CASE("the certificate holds per skipped action as well", "[trust][property]") {
    constexpr int runs = 300;
    trust_settings settings;
    settings.allowance = trust_allowance::per_skipped;
    const double most = settings.delta + three_standard_errors(settings.delta, runs);
    std::printf("certified per skipped action, 1000 actions, seeds 1 to %d:\n", runs);
    for (const stream kind : {stream::steady, stream::bad, stream::wrong_when_trusted}) {
        const auto figures = simulate_runs(kind, settings, {1000}, runs).back();
        print(name_of(kind), figures);
        CHECK(figures.broke_bound <= most);
        CHECK(figures.broke_allowance <= most);
    }
}

TEST_CASE(
    "where failures drift or depend on trust, the plan's own budget breaks the allowance",
    "[trust][property]"
) {
    constexpr int runs = 300;
    std::printf("2000 actions, seeds 1 to %d, the plan's budget and the certified one:\n", runs);
    for (const stream kind :
         {stream::clean,
          stream::steady,
          stream::bad,
          stream::abrupt_drift,
          stream::slow_drift,
          stream::wrong_when_trusted,
          stream::wrong_until_caught}) {
        const auto plan = simulate_runs(kind, plans_own(), {2000}, runs).back();
        const auto certified = simulate_runs(kind, {}, {2000}, runs).back();
        std::printf("%s\n", std::string(name_of(kind)).c_str());
        print("plan", plan);
        print("certified", certified);
        INFO(name_of(kind));
        CHECK(certified.broke_allowance <= 0.05 + three_standard_errors(0.05, runs));
        const bool calm = kind == stream::clean || kind == stream::steady;
        if (calm)
            CHECK(certified.verified_share < 0.4);
        else
            CHECK(plan.broke_allowance > 0.9);
    }
}

TEST_CASE("the longer a project runs, the more verifications it saves", "[trust][property]") {
    constexpr int runs = 40;
    const std::vector<std::int64_t> horizons{200, 500, 1000, 2000, 5000, 20'000};
    std::printf("verifications saved after so many actions, seeds 1 to %d:\n", runs);
    std::printf("  %-20s", "");
    for (const auto actions : horizons) std::printf("%7lld", static_cast<long long>(actions));
    std::printf("\n");
    for (const stream kind : {stream::clean, stream::steady}) {
        const auto figures = simulate_runs(kind, {}, horizons, runs);
        std::printf("  %-20s", std::string(name_of(kind)).c_str());
        for (const auto& f : figures) std::printf("%5.0f %%", 100 * (1 - f.verified_share));
        std::printf("\n");
        for (std::size_t h = 1; h < figures.size(); ++h)
            CHECK(figures[h].verified_share < figures[h - 1].verified_share);
        CHECK(figures.front().verified_share < 0.8);
        CHECK(figures.back().verified_share < 0.12);
    }
}

TEST_CASE(
    "two sessions that interleave in any way never spend the same allowance twice",
    "[trust][property]"
) {
    constexpr int runs = 200;
    std::printf(
        "two sessions after 1000 actions of one, seeds 1 to %d, over the allowance:\n", runs
    );
    for (const stream kind :
         {stream::steady,
          stream::abrupt_drift,
          stream::wrong_when_trusted,
          stream::wrong_until_caught}) {
        int over = 0;
        int over_apart = 0;
        for (std::uint64_t seed = 1; seed <= runs; ++seed) {
            INFO(name_of(kind) << ", seed " << seed);
            const interleaved shared = simulate_two_sessions(kind, true, seed);
            REQUIRE_FALSE(shared.uncovered_skip);
            REQUIRE_FALSE(shared.counts_differ);
            over += shared.broke_allowance ? 1 : 0;
            over_apart += simulate_two_sessions(kind, false, seed).broke_allowance ? 1 : 0;
        }
        std::printf(
            "  %-20s %5.1f %% of runs on one state, %5.1f %% on a copy each\n",
            std::string(name_of(kind)).c_str(),
            100.0 * over / runs,
            100.0 * over_apart / runs
        );
        if (kind == stream::wrong_when_trusted) CHECK(over_apart > over);
        CHECK(over <= runs * (0.05 + three_standard_errors(0.05, runs)));
    }
}

TEST_CASE("a decision with its report costs about a microsecond at most", "[trust]") {
    const double ns = measure_decision_ns();
    std::printf("a decision with its report: %.0f ns\n", ns);
    CHECK(ns > 0);
}
