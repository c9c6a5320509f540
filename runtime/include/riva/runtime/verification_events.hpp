#pragma once

#include <riva/runtime/verdict.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What was checked, how that was decided, and what was found.
namespace riva::events {

/// The checks of one verification of a tree have the same `round`, counted for each intention;
/// 0: not one of them.
struct check_started {
    std::string intention;
    std::string check;
    enum layer layer = layer::syntax;
    int round = 0;
    friend bool operator==(const check_started&, const check_started&) = default;
};

struct check_ended {
    std::string intention;
    riva::evidence evidence;
    int round = 0;
    friend bool operator==(const check_ended&, const check_ended&) = default;
};

/// One bound of the trust budget.
struct trust_account {
    std::string theta;  ///< the shortest number that reads back as the same double
    std::int64_t charged = 0;
    friend bool operator==(const trust_account&, const trust_account&) = default;
};

/// What the trust budget decided on: with the settings of the run, its decision can be computed
/// again. The counts are those before the decision.
struct trust_basis {
    std::string risk;  ///< `low`, `medium`, `high`
    std::string pattern;
    bool required = false;  ///< it was to be verified in any case
    std::string draw;  ///< the coin: a whole number of 64 bits
    std::uint64_t ticket = 0;
    std::int64_t delivered = 0;
    std::int64_t skipped = 0;
    std::int64_t audited = 0;
    std::int64_t caught = 0;
    int recovering = 0;
    int clean = 0;
    std::vector<trust_account> accounts;
    int points = 0;
    std::int64_t points_delivered = 0;
    std::int64_t points_skipped = 0;
    std::int64_t points_caught = 0;
    double bound = 0;  ///< after the decision: failures that have escaped at most
    double allowance = 0;  ///< failures that may escape
    friend bool operator==(const trust_basis&, const trust_basis&) = default;
};

/// What the outcomes of changes like this one said before it was decided about: with the same
/// rules, the advice follows from the rest.
struct pattern_basis {
    std::string pattern;
    std::int64_t attempts = 0;  ///< verified outcomes, all of them
    double passed = 0;  ///< the same, those of long ago counting less
    double failed = 0;
    bool failed_last = false;
    double bound = 0;  ///< share of successes at least, with confidence
    std::string advice;  ///< `none`, `wary`, `proven`
    friend bool operator==(const pattern_basis&, const pattern_basis&) = default;
};

struct verify_decided {
    std::string intention;
    int cycle = 1;
    std::string decision;  ///< `verify`, `audit`, `defer`, `skip`
    double probability = 1;
    std::string reason;
    std::optional<trust_basis> trust = {};  ///< nothing: the trust budget was not asked
    std::optional<pattern_basis> pattern = {};  ///< nothing: the pattern memory was not asked
    friend bool operator==(const verify_decided&, const verify_decided&) = default;
};

/// What verification found of the change of a cycle.
struct verify_ended {
    std::string intention;
    int cycle = 1;
    verdict result = verdict::indeterminate;
    int batch = 1;  ///< changes that were verified together
    std::string reason;
    friend bool operator==(const verify_ended&, const verify_ended&) = default;
};

/// The trust budget has learnt something.
struct trust_changed {
    std::string intention;
    int cycle = 1;
    std::string risk;
    std::string pattern;
    std::uint64_t ticket = 0;
    std::string outcome;  ///< `pass`, `fail` or another verdict; `escape`: a skipped change failed
    friend bool operator==(const trust_changed&, const trust_changed&) = default;
};

/// What a check said of a mutant.
struct canary_finding {
    std::string check;
    verdict result = verdict::indeterminate;
    friend bool operator==(const canary_finding&, const canary_finding&) = default;
};

/// A fault was put into the verified change, on a copy of the tree, to see whether the checks of
/// the acceptance catch it.
struct verify_canary {
    std::string intention;
    std::string path;
    std::int64_t line = 0;  ///< from 1
    std::string mutation;  ///< such as `< to <=`
    /// `caught` or `missed`; neither counts as one: `invalid`, which does not even compile, and
    /// `unknown`, since a check crashed, timed out or could not tell.
    std::string outcome;
    std::vector<canary_finding> checks;  ///< that were run to their end
    friend bool operator==(const verify_canary&, const verify_canary&) = default;
};

}  // namespace riva::events
