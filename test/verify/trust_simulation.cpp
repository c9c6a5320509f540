#include "trust_simulation.hpp"

#include "certificate.hpp"

#include <riva/verify/trust_decision.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <memory>
#include <random>
#include <string>
#include <utility>

namespace riva::test {
namespace {

using namespace riva::verify;

/// What the actions of a stream are and do.
class nature {
public:
    nature(stream kind, std::int64_t actions, std::uint64_t seed)
        : kind_(kind),
          actions_(actions),
          random_(seed * 7919 + 13),
          threshold_(0.05 + 0.65 * share()) {
        for (std::size_t i = 0; i < patterns_.size(); ++i)
            patterns_[i] = "pattern " + std::to_string(i);
    }

    /// The first patterns are the most frequent.
    const std::string& next_pattern() {
        const double u = share();
        const auto i = static_cast<std::size_t>(static_cast<double>(patterns_.size()) * u * u);
        return patterns_[std::min(i, patterns_.size() - 1)];
    }

    /// Whether an action is wrong that will be verified with this probability.
    bool next_is_wrong(double probability) {
        const double passed = static_cast<double>(now_++) / static_cast<double>(actions_);
        switch (kind_) {
            case stream::clean: return share() < 0.002;
            case stream::steady: return share() < 0.01;
            case stream::bad: return share() < 0.15;
            case stream::abrupt_drift: return share() < (passed < 0.5 ? 0.005 : 0.25);
            case stream::slow_drift: return share() < 0.002 + 0.198 * passed;
            case stream::wrong_when_trusted: return probability <= 0.5;
            case stream::wrong_until_caught: return !caught_ && probability < 1;
            case stream::random_threshold: return probability <= threshold_;
        }
        return false;
    }

    void caught() { caught_ = true; }

private:
    double share() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

    stream kind_;
    std::int64_t actions_;
    std::mt19937_64 random_;
    double threshold_;
    std::array<std::string, 20> patterns_;
    std::int64_t now_ = 0;
    bool caught_ = false;
};

std::mt19937_64 coin_of(std::uint64_t seed) {
    return std::mt19937_64(seed * 104729 + 7);
}

double allowed(const trust_settings& settings, std::int64_t delivered) {
    return settings.epsilon * static_cast<double>(std::max(delivered, settings.start_up));
}

double processor_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

/// The certificate of two sessions, made again from what they did.
class accountant {
public:
    /// `theta`: of the accounts after the decision.
    void decided(const trust_decision& made, const trust_accounts& accounts) {
        for (std::size_t j = 0; j < theta_.size(); ++j) {
            theta_[j] = std::min(theta_[j], accounts[j].theta);
            if (made.choice == trust_choice::audit)
                owed_[made.ticket][j] = kappa(accounts[j].theta, made.probability);
        }
        if (made.verified()) return;
        ++skipped;
        ++delivered;
    }

    void learnt(std::uint64_t ticket, bool passed) {
        if (passed) owed_.erase(ticket);
        delivered += passed ? 1 : 0;
    }

    bool keeps(const trust_settings& settings) const {
        double bound = static_cast<double>(skipped);
        for (std::size_t j = 0; j < theta_.size(); ++j) {
            double l = -std::log(settings.delta * delta_share(j));
            for (const auto& [ticket, kappas] : owed_) l += kappas[j];
            bound = std::min(bound, l / theta_[j]);
        }
        return bound <= allowed(settings, delivered) + 1e-6;
    }

    std::int64_t skipped = 0;
    std::int64_t delivered = 0;

private:
    std::array<double, std::tuple_size_v<trust_accounts>> theta_{9, 9, 9, 9, 9, 9, 9};
    std::map<std::uint64_t, std::array<double, std::tuple_size_v<trust_accounts>>> owed_;
};

/// One session works alone for a while; then two decide in turn, at random, and learn the outcomes
/// of their verifications some decisions later and in any order.
class two_sessions {
public:
    two_sessions(stream kind, bool shared, std::uint64_t seed);

    bool uncovered_skip = false;
    bool counts_differ = false;
    bool broke_allowance = false;

private:
    static constexpr std::int64_t alone = 1000;  // actions of one session
    static constexpr std::int64_t together = 1000;
    static constexpr std::size_t at_once = 8;  // verifications under way

    struct pending {
        std::size_t place;
        std::uint64_t ticket;
        bool wrong;
    };

    std::size_t place_of(std::size_t session) const { return shared_ ? 0 : session; }
    void decide_one(std::size_t session, nature& actions);
    void report_one(nature& actions);

    trust_settings settings_;
    bool shared_;
    std::mt19937_64 turns_;
    std::array<std::mt19937_64, 2> coins_;
    std::array<trust_state, 2> states_;
    std::array<accountant, 2> books_;
    std::vector<pending> open_;
    std::int64_t delivered_ = 0;
    std::int64_t escaped_ = 0;
};

}  // namespace

std::string_view name_of(stream s) {
    switch (s) {
        case stream::clean: return "clean, 0.2 % wrong";
        case stream::steady: return "steady, 1 % wrong";
        case stream::bad: return "bad, 15 % wrong";
        case stream::abrupt_drift: return "drift 0.5 -> 25 %";
        case stream::slow_drift: return "slow drift to 20 %";
        case stream::wrong_when_trusted: return "wrong when trusted";
        case stream::wrong_until_caught: return "wrong until caught";
        case stream::random_threshold: return "random threshold";
    }
    return "";
}

std::vector<simulated> simulate(
    stream kind,
    const trust_settings& settings,
    const std::vector<std::int64_t>& horizons,
    std::uint64_t seed
) {
    nature actions(kind, horizons.back(), seed);
    std::mt19937_64 coin = coin_of(seed);
    trust_state state;
    trust_action action{.risk = risk_level::low, .pattern = {}};
    const bool certified = settings.mode == trust_mode::certified;
    simulated now;
    std::vector<simulated> told;
    for (const std::int64_t horizon : horizons) {
        for (; now.actions < horizon; ++now.actions) {
            action.pattern = actions.next_pattern();
            const trust_decision made = decide(settings, state, action, coin());
            // It depends on the probability, which was fixed before the coin, and not on the coin.
            const bool wrong = actions.next_is_wrong(made.probability);
            if (made.verified()) {
                ++now.verified;
                if (wrong) actions.caught();
                report(settings, state, made.ticket, wrong ? verdict::fail : verdict::pass);
            } else {
                now.escaped += wrong ? 1 : 0;
                const double most = certified ? made.allowance : allowed(settings, made.delivered);
                now.broke_allowance |= static_cast<double>(now.escaped) > most + 1e-9;
            }
            if (certified && now.escaped > 0 && made.reason == trust_reason::certificate) {
                const auto& accounts = state.of(risk_level::low).accounts;
                if (static_cast<double>(now.escaped) > escape_bound(accounts, settings.delta))
                    now.broke_bound = true;
            }
        }
        told.push_back(now);
    }
    return told;
}

std::vector<simulated_runs> simulate_runs(
    stream kind, const trust_settings& settings, const std::vector<std::int64_t>& horizons, int runs
) {
    std::vector<simulated_runs> sums(horizons.size());
    for (int run = 1; run <= runs; ++run) {
        const auto told = simulate(kind, settings, horizons, static_cast<std::uint64_t>(run));
        for (std::size_t h = 0; h < told.size(); ++h) {
            const auto actions = static_cast<double>(told[h].actions);
            sums[h].verified_share += static_cast<double>(told[h].verified) / actions / runs;
            sums[h].escapes_per_1000 +=
                1000 * static_cast<double>(told[h].escaped) / actions / runs;
            sums[h].broke_bound += told[h].broke_bound ? 1.0 / runs : 0;
            sums[h].broke_allowance += told[h].broke_allowance ? 1.0 / runs : 0;
            sums[h].most_escaped = std::max(sums[h].most_escaped, told[h].escaped);
        }
    }
    for (auto& sum : sums) sum.runs = runs;
    return sums;
}

two_sessions::two_sessions(stream kind, bool shared, std::uint64_t seed)
    : shared_(shared), turns_(seed), coins_{coin_of(2 * seed), coin_of(2 * seed + 1)} {
    nature before(stream::clean, alone, seed);
    for (std::int64_t i = 0; i < alone; ++i) {
        decide_one(0, before);
        while (!open_.empty()) report_one(before);
    }
    states_[1] = states_[0];
    books_[1] = books_[0];
    nature now(kind, together, seed);
    for (std::int64_t i = 0; i < together; ++i) {
        decide_one(turns_() % 2, now);
        while (!open_.empty() && (open_.size() > at_once || turns_() % 2 == 0)) report_one(now);
    }
}

void two_sessions::decide_one(std::size_t session, nature& actions) {
    const std::size_t at = place_of(session);
    const trust_action action{risk_level::low, actions.next_pattern()};
    const trust_decision made = decide(settings_, states_[at], action, coins_[session]());
    const bool wrong = actions.next_is_wrong(made.probability);
    const trust_class& counted = states_[at].of(risk_level::low);
    books_[at].decided(made, counted.accounts);
    counts_differ |= counted.skipped != books_[at].skipped;
    if (made.verified()) {
        open_.push_back({at, made.ticket, wrong});
        return;
    }
    ++delivered_;
    escaped_ += wrong ? 1 : 0;
    uncovered_skip |= !books_[at].keeps(settings_);
    broke_allowance |= static_cast<double>(escaped_) > allowed(settings_, delivered_) + 1e-9;
}

void two_sessions::report_one(nature& actions) {
    const auto next = open_.begin() + static_cast<std::ptrdiff_t>(turns_() % open_.size());
    const pending ended = *next;
    open_.erase(next);
    const verdict outcome = ended.wrong ? verdict::fail : verdict::pass;
    counts_differ |= !report(settings_, states_[ended.place], ended.ticket, outcome);
    books_[ended.place].learnt(ended.ticket, !ended.wrong);
    delivered_ += ended.wrong ? 0 : 1;
    if (ended.wrong) actions.caught();
}

interleaved simulate_two_sessions(stream kind, bool shared, std::uint64_t seed) {
    const two_sessions both(kind, shared, seed);
    return {both.uncovered_skip, both.counts_differ, both.broke_allowance};
}

double measure_decision_ns() {
    constexpr std::int64_t actions = 200'000;
    const double start = processor_ns();
    simulate(stream::steady, {}, {actions}, 1);
    return (processor_ns() - start) / static_cast<double>(actions);
}

}  // namespace riva::test
