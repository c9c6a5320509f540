#pragma once

#include <riva/verify/trust_state.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

/// The mathematics of the certified trust budget, without state and without I/O.
///
/// An action that could be skipped is audited with a probability q that is fixed before the coin is
/// thrown. It is silently wrong or not, fixed before the coin as well, by nature or by an
/// adversary. For theta > 0 with (1 - q) e^theta < 1 let
///
///     kappa(theta, q) = -ln((1 - (1 - q) e^theta) / q)
///     M = exp(sum of theta over the escapes - sum of kappa over the failures that audits caught)
///
/// If the action is wrong, M is multiplied by e^theta with probability 1 - q (it escapes) and by
/// e^-kappa with probability q (it is caught), which is 1 on average; otherwise M stays. So M is a
/// martingale that starts at 1, and P(M ever reaches 1/delta) <= delta (Ville 1939; line-crossing
/// bounds of this form: Howard, Ramdas, McAuliffe and Sekhon, Time-uniform Chernoff bounds, 2020).
/// As theta never grows, with probability 1 - delta and at all times
///
///     escapes <= L / theta,    L = ln(1/delta) + sum of kappa over the failures caught.
///
/// Several accounts with a theta of their own and a share of delta each hold at once (union bound);
/// the least bound counts.
namespace riva::verify {

/// Precondition: 0 < q < 1, 0 < theta < -ln(1 - q).
double kappa(double theta, double q);

/// kappa as accounts are charged with it: in units of 2^-32, rounded up.
std::int64_t kappa_charge(double theta, double q);

/// The largest theta that is used with q: a fixed part of -ln(1 - q), where kappa would be
/// infinite.
double most_theta(double q);

/// What account `j` has of delta.
double delta_share(std::size_t j);

/// L of account `j`.
double log_bound(const trust_accounts& accounts, std::size_t j, double delta);

/// The least L / theta: with probability 1 - delta, no more failures have escaped.
double escape_bound(const trust_accounts& accounts, double delta);

struct audit_range {
    double least = 0.05;
    double most = 0.75;
};

/// How the next action is audited.
struct audit_plan {
    double q = 1;
    double theta = 0;  ///< no account has a larger one from now on
};

/// The least audit probability in the range with which an account keeps escapes <= `allowance` even
/// if the action is skipped. An account asks for the audits that its theta needs; the adaptive one
/// first lowers its theta to a little above what the allowance needs. Nothing if none keeps it.
std::optional<audit_plan> plan_audit(
    const trust_accounts& accounts, double delta, double allowance, audit_range range
);

/// The plan with the most frequent audits of the range, for skips that need no certificate.
audit_plan most_careful_plan(audit_range range);

/// The least allowance for which `plan_audit` finds a plan.
double least_allowance(const trust_accounts& accounts, double delta, audit_range range);

/// Lowers every theta to that of the plan. Before the coin is thrown.
void commit(trust_accounts& accounts, const audit_plan& plan);

/// What a failed audit costs each account. After `commit`.
std::array<std::int64_t, std::tuple_size_v<trust_accounts>> charges(
    const trust_accounts& accounts, double q
);

}  // namespace riva::verify
