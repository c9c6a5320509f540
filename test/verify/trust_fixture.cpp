#include "trust_fixture.hpp"

#include <string>

namespace riva::test {

using namespace riva::verify;

void make_trusted(const trust_settings& settings, trust_state& state, const trust_action& action) {
    const auto trusted = [&] {
        const auto& known = state.of(action.risk);
        const auto pattern = known.patterns.find(action.pattern);
        return known.recovering == 0 && pattern != known.patterns.end() &&
               pattern->second.clean >= settings.clean_before_skip;
    };
    while (!trusted()) {
        const auto made = decide(settings, state, action, always_audit);
        report(settings, state, made.ticket, verdict::pass);
    }
}

trust_state trusted_state(const trust_action& action) {
    trust_state state;
    make_trusted({}, state, action);
    return state;
}

random_session::random_session(const trust_settings& settings, unsigned seed)
    : settings_(settings), random_(seed) {
    wrong_ = static_cast<double>(random_() % 1000) / 5000;
}

void random_session::step() {
    const bool reports = !open_.empty() && (open_.size() > 4 || random_() % 2 == 0);
    if (!reports) {
        const auto risk = random_() % 8 == 0 ? risk_level::medium : risk_level::low;
        const trust_action action{risk, "pattern " + std::to_string(random_() % 5)};
        const auto made = decide(settings_, state, action, random_());
        journal.push_back({made, std::nullopt});
        if (made.verified()) open_.push_back(made);
        return;
    }
    const auto next = open_.begin() + static_cast<std::ptrdiff_t>(random_() % open_.size());
    const double share = static_cast<double>(random_() % 1000) / 1000;
    const verdict outcome = share < wrong_          ? verdict::fail
                            : share < wrong_ + 0.02 ? verdict::infra_error
                                                    : verdict::pass;
    report(settings_, state, next->ticket, outcome);
    journal.push_back({*next, outcome});
    open_.erase(next);
}

trust_state random_state(const trust_settings& settings, unsigned seed) {
    random_session session(settings, seed);
    const unsigned steps = 100 + seed * 97 % 3000;
    for (unsigned i = 0; i < steps; ++i) session.step();
    return session.state;
}

trust_action trusted_action(const trust_settings& settings, trust_state& state) {
    const trust_action action{risk_level::low, "pattern 1"};
    make_trusted(settings, state, action);
    return action;
}

double next_probability(const trust_settings& settings, const trust_state& state, risk_level risk) {
    return describe(settings, state).classes[static_cast<std::size_t>(risk)].next_probability;
}

}  // namespace riva::test
