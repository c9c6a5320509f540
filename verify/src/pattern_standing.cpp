#include <riva/verify/pattern_standing.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace riva::verify {
namespace {

constexpr double z = 1.96;
constexpr double wary_below = 0.4;
constexpr double wary_from = 3;  // outcomes
constexpr double proven_from = 0.9;

struct interval {
    double lower = 0;
    double upper = 1;
};

interval wilson(double passed, double n) {
    if (n <= 0) return {};
    const double p = passed / n;
    const double middle = p + z * z / (2 * n);
    const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    const double whole = 1 + z * z / n;
    return {
        std::clamp((middle - half) / whole, 0.0, 1.0), std::clamp((middle + half) / whole, 0.0, 1.0)
    };
}

}  // namespace

pattern_standing assess_pattern(const pattern_outcomes& known) {
    const double n = known.passed + known.failed;
    const interval bounds = wilson(known.passed, n);
    pattern_standing standing;
    standing.lower = bounds.lower;
    standing.upper = bounds.upper;
    standing.mean = (known.passed + 1) / (n + 2);
    if (known.failed_last || (n >= wary_from && bounds.lower < wary_below))
        standing.advice = pattern_advice::wary;
    else if (bounds.lower >= proven_from)
        standing.advice = pattern_advice::proven;
    return standing;
}

std::string explain(const pattern_outcomes& known, const pattern_standing& standing) {
    std::array<char, 160> text{};
    std::snprintf(
        text.data(),
        text.size(),
        "Of actions of this pattern at least %.0f %% succeed, by %.1f that passed and %.1f that "
        "failed%s.",
        standing.lower * 100,
        known.passed,
        known.failed,
        known.failed_last ? ", the last of them" : ""
    );
    return text.data();
}

std::string_view to_string(pattern_advice advice) {
    switch (advice) {
        case pattern_advice::none: return "none";
        case pattern_advice::wary: return "wary";
        case pattern_advice::proven: return "proven";
    }
    return "none";
}

}  // namespace riva::verify
