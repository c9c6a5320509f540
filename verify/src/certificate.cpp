#include "certificate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace riva::verify {
namespace {

constexpr double unit = 0x1p-32;  // of charges, in nats

/// How close theta comes to where kappa is infinite. Keeps every kappa below ln(1 / (1 -
/// closeness)).
constexpr double closeness = 0.75;

/// How far the adaptive account stays above the least theta that fits, so that a few failures more
/// do not exhaust it.
constexpr double reserve = 1.3;

constexpr std::size_t adaptive = 0;

constexpr double fixed_accounts = std::tuple_size_v<trust_accounts> - 1;

/// L of account `j`, from ln(1/delta).
double log_bound_from(const trust_accounts& accounts, std::size_t j, double start) {
    const double share = j == adaptive ? std::log(2.0) : std::log(2.0 * fixed_accounts);
    return static_cast<double>(accounts[j].charged) * unit + start + share;
}

/// The theta that account `j` would use where `needed` is the least that fits. Nothing if its own
/// is smaller.
std::optional<double> theta_for(
    const trust_account& account, std::size_t j, double needed, double highest
) {
    const double theta = std::min(account.theta, highest);
    if (theta < needed) return std::nullopt;
    return j == adaptive ? std::min(theta, reserve * needed) : theta;
}

}  // namespace

double kappa(double theta, double q) {
    // 1 - (1 - q) e^theta without cancellation for small q and theta.
    return std::log(q) - std::log(-std::expm1(theta + std::log1p(-q)));
}

std::int64_t kappa_charge(double theta, double q) {
    return static_cast<std::int64_t>(std::ceil(kappa(theta, q) / unit)) + 1;
}

double most_theta(double q) {
    return closeness * -std::log1p(-q);
}

double delta_share(std::size_t j) {
    return j == adaptive ? 0.5 : 0.5 / fixed_accounts;
}

double log_bound(const trust_accounts& accounts, std::size_t j, double delta) {
    return log_bound_from(accounts, j, -std::log(delta));
}

double escape_bound(const trust_accounts& accounts, double delta) {
    const double start = -std::log(delta);
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < accounts.size(); ++j)
        least = std::min(least, log_bound_from(accounts, j, start) / accounts[j].theta);
    return least;
}

std::optional<audit_plan> plan_audit(
    const trust_accounts& accounts, double delta, double allowance, audit_range range
) {
    const double start = -std::log(delta);
    const double highest = most_theta(range.most);
    std::optional<double> chosen;
    for (std::size_t j = 0; j < accounts.size(); ++j) {
        const double needed = log_bound_from(accounts, j, start) / allowance;
        const auto theta = theta_for(accounts[j], j, needed, highest);
        if (theta && (!chosen || *theta < *chosen)) chosen = theta;
    }
    if (!chosen) return std::nullopt;
    const double lowest = most_theta(range.least);
    if (*chosen <= lowest) return audit_plan{range.least, lowest};
    return audit_plan{std::min(-std::expm1(-*chosen / closeness), range.most), *chosen};
}

audit_plan most_careful_plan(audit_range range) {
    return {range.most, most_theta(range.most)};
}

double least_allowance(const trust_accounts& accounts, double delta, audit_range range) {
    const double start = -std::log(delta);
    const double highest = most_theta(range.most);
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < accounts.size(); ++j) {
        const double theta = std::min(accounts[j].theta, highest);
        least = std::min(least, log_bound_from(accounts, j, start) / theta);
    }
    return least;
}

void commit(trust_accounts& accounts, const audit_plan& plan) {
    for (trust_account& each : accounts) each.theta = std::min(each.theta, plan.theta);
}

std::array<std::int64_t, std::tuple_size_v<trust_accounts>> charges(
    const trust_accounts& accounts, double q
) {
    std::array<std::int64_t, std::tuple_size_v<trust_accounts>> each{};
    for (std::size_t j = 0; j < accounts.size(); ++j) each[j] = kappa_charge(accounts[j].theta, q);
    return each;
}

}  // namespace riva::verify
