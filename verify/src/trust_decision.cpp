#include <riva/verify/trust_decision.hpp>

#include "trust_rules.hpp"

#include <algorithm>
#include <utility>

namespace riva::verify {
namespace {

/// The points of `heuristic`. The plan also verifies everything below 30, which follows.
namespace points {
constexpr int most = 100;
constexpr int low_risk_above = 70;  // more: low risk is skipped
constexpr int cost_of_low_risk = 5;  // a skip costs half of it; other risks are never skipped
constexpr int earned = 10;
constexpr int lost = 20;
}  // namespace points

/// From the coin: at least 0, below 1.
double share(std::uint64_t draw) {
    return static_cast<double>(draw >> 11) * 0x1p-53;
}

void open_ticket(trust_state& state, trust_decision& made, trust_ticket opened) {
    made.ticket = state.next_ticket++;
    opened.risk = made.action.risk;
    opened.pattern = made.action.pattern;
    opened.audit = made.choice == trust_choice::audit;
    state.tickets.emplace_hint(state.tickets.end(), made.ticket, std::move(opened));
}

/// The plan's rules as they are written: deterministic, and blind for what they skip.
void decide_by_points(trust_state& state, trust_decision& made) {
    trust_points& now = state.points;
    const bool may_skip = made.action.risk == risk_level::low && !made.action.required &&
                          now.left > points::low_risk_above;
    made.reason = made.action.risk == risk_level::high ? trust_reason::high_risk
                  : made.action.required               ? trust_reason::required
                                                       : trust_reason::points;
    if (may_skip) {
        now.left -= points::cost_of_low_risk / 2;
        ++now.skipped;
        ++now.delivered;
        made.choice = trust_choice::skip;
        made.probability = 0;
    } else {
        trust_ticket opened;
        opened.by_points = true;
        open_ticket(state, made, std::move(opened));
    }
    made.delivered = now.delivered;
    made.skipped = now.skipped;
    made.caught = now.caught;
}

void lose_points(trust_points& now) {
    now.left = std::max(0, now.left - points::lost);
}

void report_to_points(trust_points& now, bool passed) {
    if (passed) {
        ++now.delivered;
        now.left = std::min(points::most, now.left + points::earned);
    } else {
        ++now.caught;
        lose_points(now);
    }
}

void add_figures(const trust_settings& settings, const trust_state& state, trust_decision& made) {
    const trust_class& c = state.of(made.action.risk);
    made.delivered = c.delivered;
    made.skipped = c.skipped;
    made.audited = c.audited;
    made.caught = c.caught;
    if (made.action.risk == risk_level::high) return;
    made.bound = bound_of(settings, c);
    made.allowance = allowance_of(settings, made.action.risk, c, 0);
}

void decide_by_certificate(
    const trust_settings& settings, trust_state& state, trust_decision& made
) {
    const risk_level risk = made.action.risk;
    trust_class& c = state.of(risk);
    const auto verify_because = [&](trust_reason reason, bool trusted) {
        made.reason = reason;
        trust_ticket opened;
        opened.trusted = trusted;
        open_ticket(state, made, std::move(opened));
    };
    if (risk == risk_level::high) return verify_because(trust_reason::high_risk, false);
    if (clean_of(c, made.action.pattern) < settings.clean_before_skip)
        return verify_because(trust_reason::pattern_unproven, false);
    if (made.action.required) return verify_because(trust_reason::required, true);
    const auto plan = plan_next(settings, risk, c);
    if (!plan)
        return verify_because(
            c.recovering > 0 ? trust_reason::recovering : trust_reason::no_certificate, true
        );

    commit(c.accounts, *plan);
    made.reason = trust_reason::certificate;
    made.probability = plan->q;
    if (share(made.draw) >= plan->q) {
        made.choice = trust_choice::skip;
        ++c.skipped;
        ++c.delivered;
        return;
    }
    made.choice = trust_choice::audit;
    ++c.audited;
    trust_ticket opened;
    opened.trusted = true;
    opened.reserved = charges(c.accounts, plan->q);
    for (std::size_t j = 0; j < c.accounts.size(); ++j) c.accounts[j].charged += opened.reserved[j];
    open_ticket(state, made, std::move(opened));
}

trust_basis basis_of(const trust_state& state, const trust_action& action) {
    const trust_class& c = state.of(action.risk);
    return {
        .delivered = c.delivered,
        .skipped = c.skipped,
        .audited = c.audited,
        .caught = c.caught,
        .accounts = c.accounts,
        .recovering = c.recovering,
        .clean = clean_of(c, action.pattern),
        .points = state.points,
    };
}

trust_pattern& pattern_of(trust_class& c, const std::string& pattern) {
    return c.patterns.try_emplace(pattern).first->second;
}

void take_pass(
    const trust_settings& settings, trust_class& c, std::uint64_t number, const trust_ticket& t
) {
    ++c.delivered;
    trust_pattern& p = pattern_of(c, t.pattern);
    if (number >= p.counts_from && p.clean < settings.clean_before_skip) ++p.clean;
    if (t.trusted && c.recovering > 0 && number >= c.recovers_from) --c.recovering;
    for (std::size_t j = 0; j < c.accounts.size(); ++j) c.accounts[j].charged -= t.reserved[j];
}

void take_failure(
    const trust_settings& settings, trust_state& state, const trust_action& action, bool trusted
) {
    trust_class& c = state.of(action.risk);
    pattern_of(c, action.pattern) = {.clean = 0, .counts_from = state.next_ticket};
    if (!trusted) return;
    c.recovering = settings.clean_after_failure;
    c.recovers_from = state.next_ticket;
}

}  // namespace

trust_decision decide(
    const trust_settings& settings,
    trust_state& state,
    const trust_action& action,
    std::uint64_t draw
) {
    trust_decision made{.draw = draw, .action = action, .basis = basis_of(state, action)};
    switch (settings.mode) {
        case trust_mode::off: break;
        case trust_mode::heuristic: decide_by_points(state, made); break;
        case trust_mode::certified:
            decide_by_certificate(settings, state, made);
            add_figures(settings, state, made);
            break;
    }
    return made;
}

trust_decision decide_again(const trust_settings& settings, const trust_decision& made) {
    trust_state state;
    trust_class& c = state.of(made.action.risk);
    c.delivered = made.basis.delivered;
    c.skipped = made.basis.skipped;
    c.audited = made.basis.audited;
    c.caught = made.basis.caught;
    c.accounts = made.basis.accounts;
    c.recovering = made.basis.recovering;
    pattern_of(c, made.action.pattern).clean = made.basis.clean;
    state.points = made.basis.points;
    if (made.ticket != 0) state.next_ticket = made.ticket;
    return decide(settings, state, made.action, made.draw);
}

bool report(
    const trust_settings& settings, trust_state& state, std::uint64_t ticket, verdict outcome
) {
    const auto open = state.tickets.find(ticket);
    if (open == state.tickets.end()) return false;
    const bool decided = outcome == verdict::pass || outcome == verdict::fail;
    if (!decided && open->second.audit) return true;
    const trust_ticket closed = std::move(state.tickets.extract(open).mapped());
    if (!decided) return true;

    const bool passed = outcome == verdict::pass;
    if (closed.by_points) {
        report_to_points(state.points, passed);
    } else if (passed) {
        take_pass(settings, state.of(closed.risk), ticket, closed);
    } else {
        if (closed.audit) ++state.of(closed.risk).caught;
        take_failure(settings, state, {closed.risk, closed.pattern}, closed.trusted);
    }
    return true;
}

void report_escape(const trust_settings& settings, trust_state& state, const trust_action& action) {
    switch (settings.mode) {
        case trust_mode::off: return;
        case trust_mode::heuristic: return lose_points(state.points);
        case trust_mode::certified: return take_failure(settings, state, action, true);
    }
}

}  // namespace riva::verify
