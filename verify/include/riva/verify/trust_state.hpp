#pragma once

#include <riva/verify/risk.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace riva::verify {

enum class trust_mode {
    off,        ///< everything is verified
    heuristic,  ///< points that are earned and spent; guarantees nothing
    certified,  ///< skips only while a bound proves that few failures escaped
};

/// What the failures that escape are compared with.
enum class trust_allowance {
    per_delivered,  ///< epsilon * max(N, N0): of the actions that were delivered
    per_skipped,  ///< epsilon * max(S, 4 * N0): of the actions that were skipped; saves far less
};

/// How much may be trusted. The names in brackets are those of docs/trust.md.
struct trust_settings {
    trust_mode mode = trust_mode::certified;
    double epsilon = 0.05;  ///< share of escapes allowed at low risk; a fifth at medium risk
    double delta = 0.05;  ///< probability that the guarantee of a risk class fails
    std::int64_t start_up = 100;  ///< [N0] the allowance is never below that of so many actions
    trust_allowance allowance = trust_allowance::per_delivered;
    double least_audit = 0.05;  ///< least probability of an audit
    double most_audit = 0.75;  ///< above it, actions are verified rather than audited
    int clean_before_skip = 3;  ///< verifications in a row that a pattern must pass
    int clean_after_failure = 10;  ///< verifications to pass after a trusted action failed
    double sensitivity = 1;  ///< share of wrong actions that the verifier finds

    friend bool operator==(const trust_settings&, const trust_settings&) = default;
};

/// One bound among several that run side by side.
struct trust_account {
    double theta = 0;  ///< never grows
    /// Sum of kappa over the audits that failed or are still open, in units of 2^-32, rounded up.
    std::int64_t charged = 0;

    friend bool operator==(const trust_account&, const trust_account&) = default;
};

/// The first account adapts; the others lie on a grid that halves. The adaptive one has one half of
/// delta, the others share the rest.
using trust_accounts = std::array<trust_account, 7>;

inline constexpr trust_accounts new_trust_accounts{{
    {.theta = 1.3},
    {.theta = 1.3},
    {.theta = 1.3 / 2},
    {.theta = 1.3 / 4},
    {.theta = 1.3 / 8},
    {.theta = 1.3 / 16},
    {.theta = 1.3 / 32},
}};

struct trust_pattern {
    int clean = 0;  ///< verifications passed in a row, as far as they are needed
    std::uint64_t counts_from = 0;  ///< earlier tickets were decided before the last failure

    friend bool operator==(const trust_pattern&, const trust_pattern&) = default;
};

/// What is known of the actions of one risk class.
struct trust_class {
    std::int64_t delivered = 0;  ///< [N] skipped, or verified and passed
    std::int64_t skipped = 0;  ///< [S]
    std::int64_t audited = 0;  ///< [A]
    std::int64_t caught = 0;  ///< [K] audits that failed
    trust_accounts accounts = new_trust_accounts;
    int recovering = 0;  ///< clean verifications of trusted patterns until skipping goes on
    std::uint64_t recovers_from = 0;  ///< earlier tickets were decided before the last failure
    std::map<std::string, trust_pattern, std::less<>> patterns;

    friend bool operator==(const trust_class&, const trust_class&) = default;
};

/// A verification that was decided and has not been reported yet.
struct trust_ticket {
    risk_level risk = risk_level::high;
    std::string pattern;
    bool by_points = false;  ///< decided in the mode `heuristic`
    bool trusted = false;  ///< the pattern could have been skipped
    bool audit = false;
    /// What a failure costs each account. Charged when the audit is decided, and given back when it
    /// passes: an audit whose outcome nobody learns counts as failed.
    std::array<std::int64_t, std::tuple_size_v<trust_accounts>> reserved{};

    friend bool operator==(const trust_ticket&, const trust_ticket&) = default;
};

/// What the mode `heuristic` keeps, for one session. Apart from the classes, because its skips are
/// covered by no certificate.
struct trust_points {
    int left = 100;
    std::int64_t delivered = 0;
    std::int64_t skipped = 0;
    std::int64_t caught = 0;  ///< verifications that failed

    friend bool operator==(const trust_points&, const trust_points&) = default;
};

/// Everything that decisions depend on, for one project and one set of verifiers. Regular; a
/// default one knows nothing and trusts nothing. Kept elsewhere, it makes one row per class, per
/// pattern and per ticket.
struct trust_state {
    std::array<trust_class, 3> classes;  ///< by `risk_level`
    std::map<std::uint64_t, trust_ticket> tickets;
    std::uint64_t next_ticket = 1;
    trust_points points;

    trust_class& of(risk_level risk) { return classes[static_cast<std::size_t>(risk)]; }
    const trust_class& of(risk_level risk) const { return classes[static_cast<std::size_t>(risk)]; }

    friend bool operator==(const trust_state&, const trust_state&) = default;
};

/// Why settings or a stored state cannot be right, in one sentence; nothing if they can.
std::optional<std::string> find_fault(const trust_settings& settings);
std::optional<std::string> find_fault(const trust_state& state);

std::string_view to_string(trust_mode mode);
std::string_view to_string(trust_allowance allowance);

}  // namespace riva::verify
