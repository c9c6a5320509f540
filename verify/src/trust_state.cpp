#include <riva/verify/trust_state.hpp>

#include <algorithm>
#include <string_view>

namespace riva::verify {
namespace {

bool is_share(double number) {
    return number > 0 && number < 1;  // false for NaN
}

bool may_be(const trust_accounts& accounts) {
    for (std::size_t j = 0; j < accounts.size(); ++j)
        if (!(accounts[j].theta > 0 && accounts[j].theta <= new_trust_accounts[j].theta) ||
            accounts[j].charged < 0)
            return false;
    return true;
}

bool may_be(const trust_class& c) {
    return c.skipped >= 0 && c.delivered >= c.skipped && c.caught >= 0 && c.audited >= c.caught &&
           c.recovering >= 0 && may_be(c.accounts) &&
           std::ranges::all_of(c.patterns, [](const auto& p) { return p.second.clean >= 0; });
}

/// Whether the accounts carry what the open tickets would give back.
bool covers_tickets(const trust_state& state) {
    auto left = state.classes;
    for (const auto& [number, ticket] : state.tickets) {
        if (number >= state.next_ticket) return false;
        for (std::size_t j = 0; j < ticket.reserved.size(); ++j) {
            std::int64_t& charged = left[static_cast<std::size_t>(ticket.risk)].accounts[j].charged;
            if (ticket.reserved[j] < 0 || ticket.reserved[j] > charged) return false;
            charged -= ticket.reserved[j];
        }
    }
    return true;
}

}  // namespace

std::optional<std::string> find_fault(const trust_settings& s) {
    if (!is_share(s.epsilon)) return "The share of escapes allowed must be above 0 and below 1.";
    if (!is_share(s.delta)) return "Delta must be above 0 and below 1.";
    if (s.start_up < 1) return "The allowance must start with at least one action.";
    if (!is_share(s.least_audit) || !is_share(s.most_audit) || s.least_audit > s.most_audit)
        return "The probabilities of audits must be above 0, below 1, and in order.";
    if (s.clean_before_skip < 0 || s.clean_after_failure < 0)
        return "Numbers of clean verifications must not be negative.";
    if (!(s.sensitivity > 0 && s.sensitivity <= 1))
        return "The sensitivity of a verifier must be above 0 and at most 1.";
    return std::nullopt;
}

std::optional<std::string> find_fault(const trust_state& state) {
    for (const trust_class& c : state.classes)
        if (!may_be(c)) return "The stored trust has counts or accounts that no decisions lead to.";
    if (!covers_tickets(state))
        return "The stored trust has open verifications that its accounts do not cover.";
    if (state.points.left < 0 || state.points.left > trust_points{}.left)
        return "The stored trust has a number of points that no decisions lead to.";
    return std::nullopt;
}

std::string_view to_string(trust_mode mode) {
    switch (mode) {
        case trust_mode::off: return "off";
        case trust_mode::heuristic: return "heuristic";
        case trust_mode::certified: return "certified";
    }
    return "off";
}

std::string_view to_string(trust_allowance allowance) {
    switch (allowance) {
        case trust_allowance::per_delivered: return "per_delivered";
        case trust_allowance::per_skipped: return "per_skipped";
    }
    return "per_delivered";
}

}  // namespace riva::verify
