#pragma once

#include <string>
#include <string_view>

namespace riva::verify {

/// How verified changes of one pattern came out. Those of long ago count for less than one.
struct pattern_outcomes {
    double passed = 0;  ///< from 0
    double failed = 0;  ///< from 0
    bool failed_last = false;  ///< the newest of them

    friend bool operator==(const pattern_outcomes&, const pattern_outcomes&) = default;
};

/// What follows for the next change of that pattern, before the trust budget decides about it.
enum class pattern_advice {
    none,    ///< too little is known, or nothing is remarkable
    wary,    ///< failed last, or fails often: verify it at once, in any case
    proven,  ///< hardly ever fails: may wait for a larger batch, if it is to be verified at all
};

/// What outcomes say of a pattern.
struct pattern_standing {
    double lower = 0;   ///< share of successes at least, with confidence 97.5 %
    double mean = 0.5;  ///< share of successes to expect; half while nothing is known
    double upper = 1;   ///< at most, with confidence 97.5 %
    pattern_advice advice = pattern_advice::none;

    friend bool operator==(const pattern_standing&, const pattern_standing&) = default;
};

/// The bounds are those of Wilson (1927), with z = 1.96, on the counts as they are: 5 of 5 give a
/// lower bound of 0.57, and it takes 35 without a failure for 0.9. The mean is that of the
/// posterior with a uniform prior. Pure.
///
/// Advice is wary if the last one failed, or if the lower bound is below 0.4 after three outcomes;
/// proven if it is 0.9 or more. Nothing of this skips a verification: who may is decided by the
/// trust budget, which proves its bound for any rule that only looks at the past.
pattern_standing assess_pattern(const pattern_outcomes& known);

/// One sentence for a person.
std::string explain(const pattern_outcomes& known, const pattern_standing& standing);

std::string_view to_string(pattern_advice advice);

}  // namespace riva::verify
