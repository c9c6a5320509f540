#include "trust_rules.hpp"

#include <algorithm>

namespace riva::verify {

double epsilon_of(const trust_settings& settings, risk_level risk) {
    switch (risk) {
        case risk_level::low: return settings.epsilon;
        case risk_level::medium: return settings.epsilon / 5;
        case risk_level::high: return 0;
    }
    return 0;
}

double allowance_of(
    const trust_settings& settings, risk_level risk, const trust_class& c, std::int64_t more
) {
    const std::int64_t actions = settings.allowance == trust_allowance::per_delivered
                                     ? std::max(c.delivered + more, settings.start_up)
                                     : std::max(c.skipped + more, 4 * settings.start_up);
    return epsilon_of(settings, risk) * static_cast<double>(actions);
}

std::optional<audit_plan> plan_within(
    const trust_settings& settings, const trust_class& c, double allowance
) {
    auto plan = plan_audit(c.accounts, settings.delta, allowance, range_of(settings));
    // No more can escape than are skipped, whatever the accounts say.
    if (!plan && static_cast<double>(c.skipped + 1) <= allowance)
        plan = most_careful_plan(range_of(settings));
    return plan;
}

std::optional<audit_plan> plan_next(
    const trust_settings& settings, risk_level risk, const trust_class& c
) {
    if (risk == risk_level::high || c.recovering > 0) return std::nullopt;
    return plan_within(settings, c, allowance_of(settings, risk, c, 1));
}

double bound_of(const trust_settings& settings, const trust_class& c) {
    return std::min(escape_bound(c.accounts, settings.delta), static_cast<double>(c.skipped));
}

int clean_of(const trust_class& c, std::string_view pattern) {
    const auto known = c.patterns.find(pattern);
    return known == c.patterns.end() ? 0 : known->second.clean;
}

}  // namespace riva::verify
