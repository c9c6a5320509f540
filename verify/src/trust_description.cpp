#include "trust_rules.hpp"

#include <riva/verify/trust_decision.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace riva::verify {
namespace {

/// Clean verifications until a skip fits the allowance; nothing if they do not help.
std::optional<std::int64_t> missing_for_certificate(
    const trust_settings& settings, risk_level risk, const trust_class& c
) {
    const auto fits_after = [&](std::int64_t n) {
        return plan_within(settings, c, allowance_of(settings, risk, c, n + 1)).has_value();
    };
    if (fits_after(0)) return 0;
    if (settings.allowance == trust_allowance::per_skipped) return std::nullopt;
    const double needed = std::min(
        least_allowance(c.accounts, settings.delta, range_of(settings)),
        static_cast<double>(c.skipped + 1)
    );
    const double actions = needed / epsilon_of(settings, risk);
    auto missing = std::max<std::int64_t>(static_cast<std::int64_t>(actions) - c.delivered - 1, 1);
    while (!fits_after(missing)) ++missing;
    return missing;
}

std::vector<trust_account_description> describe_accounts(
    const trust_accounts& accounts, double delta
) {
    std::vector<trust_account_description> all;
    for (std::size_t j = 0; j < accounts.size(); ++j) {
        const double l = log_bound(accounts, j, delta);
        const double theta = accounts[j].theta;
        all.push_back({theta, delta * delta_share(j), l, l / theta});
    }
    return all;
}

trust_class_description describe_class(
    const trust_settings& settings, const trust_state& state, risk_level risk
) {
    const trust_class& c = state.of(risk);
    trust_class_description told;
    told.risk = risk;
    told.epsilon = epsilon_of(settings, risk);
    told.delivered = c.delivered;
    told.skipped = c.skipped;
    told.audited = c.audited;
    told.caught = c.caught;
    told.bound = bound_of(settings, c);
    told.allowance = allowance_of(settings, risk, c, 0);
    told.accounts = describe_accounts(c.accounts, settings.delta);
    told.open_audits = std::ranges::count_if(state.tickets, [risk](const auto& open) {
        return open.second.audit && open.second.risk == risk;
    });
    told.bound_with_misses = told.bound / settings.sensitivity;
    if (const auto plan = plan_next(settings, risk, c)) told.next_probability = plan->q;
    const auto certificate = missing_for_certificate(settings, risk, c);
    const auto missing_with = [&](std::int64_t unproven) -> std::optional<std::int64_t> {
        if (!certificate) return std::nullopt;
        return std::max(*certificate, unproven + c.recovering);
    };
    told.missing = missing_with(0);
    for (const auto& [name, p] : c.patterns)
        told.patterns.push_back(
            {name, p.clean, missing_with(std::max(settings.clean_before_skip - p.clean, 0))}
        );
    return told;
}

std::string percent(double share) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f %%", share * 100);
    return text;
}

std::string decimal(double number) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", number);
    return text;
}

}  // namespace

trust_description describe(const trust_settings& settings, const trust_state& state) {
    trust_description told;
    told.settings = settings;
    told.points = state.points;
    for (const risk_level risk : {risk_level::low, risk_level::medium})
        told.classes.push_back(describe_class(settings, state, risk));
    return told;
}

std::string explain(const trust_decision& d) {
    const std::string risk(to_string(d.action.risk));
    switch (d.reason) {
        case trust_reason::off: return "Everything is verified.";
        case trust_reason::high_risk: return "High risk is always verified.";
        case trust_reason::required: return "It completes the task, which is always verified.";
        case trust_reason::pattern_unproven:
            return "Actions of this pattern have not passed enough verifications in a row.";
        case trust_reason::recovering:
            return "A trusted action of " + risk + " risk failed a short while ago.";
        case trust_reason::no_certificate:
            return "One more skip could let more than " + decimal(d.allowance) +
                   " failures escape at " + risk + " risk.";
        case trust_reason::certificate:
            return std::string(d.verified() ? "Audited" : "Skipped") + " with a probability of " +
                   percent(d.verified() ? d.probability : 1 - d.probability) + "; at most " +
                   decimal(d.bound) + " failures have escaped, " + decimal(d.allowance) +
                   " are allowed.";
        case trust_reason::points:
            return d.verified() ? "Too few points are left, or the risk is not low."
                                : "Enough points are left, and the risk is low.";
        case trust_reason::state_unavailable:
            return "What was trusted so far could not be read or written.";
    }
    return "";
}

std::string_view to_string(trust_choice choice) {
    switch (choice) {
        case trust_choice::verify: return "verify";
        case trust_choice::audit: return "audit";
        case trust_choice::skip: return "skip";
    }
    return "verify";
}

std::string_view to_string(trust_reason reason) {
    switch (reason) {
        case trust_reason::off: return "off";
        case trust_reason::high_risk: return "high_risk";
        case trust_reason::required: return "required";
        case trust_reason::pattern_unproven: return "pattern_unproven";
        case trust_reason::recovering: return "recovering";
        case trust_reason::no_certificate: return "no_certificate";
        case trust_reason::certificate: return "certificate";
        case trust_reason::points: return "points";
        case trust_reason::state_unavailable: return "state_unavailable";
    }
    return "off";
}

}  // namespace riva::verify
