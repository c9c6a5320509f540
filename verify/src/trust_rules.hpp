#pragma once

#include "certificate.hpp"

#include <riva/verify/trust_state.hpp>

#include <optional>
#include <string_view>

/// What deciding and describing have in common.
namespace riva::verify {

double epsilon_of(const trust_settings& settings, risk_level risk);

/// Failures that may escape when `more` further actions of the class have been delivered, or
/// skipped if that is what counts.
double allowance_of(
    const trust_settings& settings, risk_level risk, const trust_class& c, std::int64_t more
);

/// How a trusted action would be audited when so many failures may escape; nothing if it must be
/// verified.
std::optional<audit_plan> plan_within(
    const trust_settings& settings, const trust_class& c, double allowance
);

/// How the next trusted action would be audited.
std::optional<audit_plan> plan_next(
    const trust_settings& settings, risk_level risk, const trust_class& c
);

/// Failures that have escaped at most, with probability 1 - delta.
double bound_of(const trust_settings& settings, const trust_class& c);

int clean_of(const trust_class& c, std::string_view pattern);

inline audit_range range_of(const trust_settings& settings) {
    return {settings.least_audit, settings.most_audit};
}

}  // namespace riva::verify
