#pragma once

#include <riva/runtime/verdict.hpp>
#include <riva/verify/trust_state.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The trust budget as pure steps: state in, state out. Whoever keeps the state runs each step in
/// one transaction; however the steps of several sessions interleave, no allowance is spent twice.
/// The docs are in docs/trust.md.
namespace riva::verify {

/// An action that was carried out, and that a verification may follow. The pattern says what kind
/// of action it is; patterns of different risk are different.
struct trust_action {
    risk_level risk = risk_level::high;
    std::string pattern;
    bool required = false;  ///< verified in any case, and still learnt from

    friend bool operator==(const trust_action&, const trust_action&) = default;
};

enum class trust_choice {
    verify,  ///< by a rule
    audit,   ///< verified as well, but by the coin
    skip,
};

enum class trust_reason {
    off,
    high_risk,
    required,
    pattern_unproven,   ///< the pattern has not passed enough verifications yet
    recovering,         ///< a trusted action failed a short while ago
    no_certificate,     ///< skipping one more could exceed the allowance
    certificate,        ///< audited or skipped, as the coin said
    points,             ///< the points of `heuristic` decide
    state_unavailable,  ///< the state could not be read or written
};

/// What was known of the class and the pattern of an action just before it was decided about.
struct trust_basis {
    std::int64_t delivered = 0;
    std::int64_t skipped = 0;
    std::int64_t audited = 0;
    std::int64_t caught = 0;
    trust_accounts accounts = new_trust_accounts;
    int recovering = 0;
    int clean = 0;        ///< of the pattern
    trust_points points;  ///< of the session

    friend bool operator==(const trust_basis&, const trust_basis&) = default;
};

/// What becomes of an action, and all that is needed to say why.
struct trust_decision {
    trust_choice choice = trust_choice::verify;
    trust_reason reason = trust_reason::off;
    double probability = 1;    ///< that the action is verified, fixed before the coin
    std::uint64_t draw = 0;    ///< the coin, for replay
    std::uint64_t ticket = 0;  ///< for the report of the verification; 0: nothing to report
    trust_action action;

    // After the decision: of the class of the action, or of the session in the mode `heuristic`.
    std::int64_t delivered = 0;
    std::int64_t skipped = 0;
    std::int64_t audited = 0;
    std::int64_t caught = 0;
    double bound = 0;  ///< failures that have escaped at most; with `certified` only
    double allowance = 0;  ///< failures that may escape; with `certified` only

    trust_basis basis = {};

    bool verified() const { return choice != trust_choice::skip; }

    friend bool operator==(const trust_decision&, const trust_decision&) = default;
};

/// Decides about one action. `draw` is 64 fair bits that nobody could know when the action was
/// chosen; the same state, action and draw give the same decision.
///
/// A skip is final: nothing is to be reported about it. About a microsecond at most.
trust_decision decide(
    const trust_settings& settings,
    trust_state& state,
    const trust_action& action,
    std::uint64_t draw
);

/// The decision that `decide` makes on the basis, the action and the draw of another: equal to it,
/// if these settings are those that it was made with. Not for `trust_reason::state_unavailable`.
trust_decision decide_again(const trust_settings& settings, const trust_decision& made);

/// Takes the outcome of a verification. `pass` and `fail` close the ticket. Anything else says
/// nothing about the action and changes no count and no pattern. An audit then stays open, and
/// charged as if it had failed, until its outcome is reported: a failure must not hide behind a
/// verifier that hangs. A verification by rule is closed.
///
/// False if there is no such ticket, or no more; then nothing has changed.
bool report(
    const trust_settings& settings, trust_state& state, std::uint64_t ticket, verdict outcome
);

/// A skipped action turned out to be wrong (a revert, a correction, a failed integration). Its
/// pattern and its class are trusted less from now on. The guarantee has counted with it already.
void report_escape(const trust_settings& settings, trust_state& state, const trust_action& action);

struct trust_account_description {
    double theta = 0;
    double delta = 0;  ///< its share
    double log_bound = 0;  ///< [L]
    double bound = 0;  ///< L / theta

    friend bool operator==(const trust_account_description&, const trust_account_description&) =
        default;
};

struct trust_pattern_description {
    std::string pattern;
    int clean = 0;
    /// Clean verifications until the first skip if only this pattern went on; nothing: never.
    std::optional<std::int64_t> missing;

    friend bool operator==(const trust_pattern_description&, const trust_pattern_description&) =
        default;
};

struct trust_class_description {
    risk_level risk = risk_level::high;
    double epsilon = 0;
    std::int64_t delivered = 0;  ///< [N]
    std::int64_t skipped = 0;  ///< [S]
    std::int64_t audited = 0;  ///< [A]
    std::int64_t caught = 0;  ///< [K]
    std::int64_t open_audits = 0;
    double bound = 0;  ///< escapes at most that the verifier would have found
    double bound_with_misses = 0;  ///< the same divided by the sensitivity of the verifier
    double allowance = 0;
    /// The probability with which the next trusted action is verified.
    double next_probability = 1;
    /// Clean verifications of trusted patterns until a skip is possible; nothing: never.
    std::optional<std::int64_t> missing;
    std::vector<trust_account_description> accounts;
    std::vector<trust_pattern_description> patterns;

    friend bool operator==(const trust_class_description&, const trust_class_description&) =
        default;
};

struct trust_description {
    trust_settings settings;
    trust_points points;
    std::vector<trust_class_description> classes;  ///< that may be skipped

    friend bool operator==(const trust_description&, const trust_description&) = default;
};

trust_description describe(const trust_settings& settings, const trust_state& state);

/// One sentence for a person.
std::string explain(const trust_decision& decision);

std::string_view to_string(trust_choice choice);
std::string_view to_string(trust_reason reason);

}  // namespace riva::verify
