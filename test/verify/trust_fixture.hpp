#pragma once

#include <riva/verify/trust_decision.hpp>

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace riva::test {

inline constexpr std::uint64_t always_audit = 0;
inline constexpr std::uint64_t always_skip = ~std::uint64_t{0};

inline std::vector<unsigned> seeds(unsigned count) {
    std::vector<unsigned> all;
    for (unsigned seed = 1; seed <= count; ++seed) all.push_back(seed);
    return all;
}

/// Verifies until the pattern and its class may be skipped again, as far as rules decide.
void make_trusted(
    const verify::trust_settings& settings,
    verify::trust_state& state,
    const verify::trust_action& action
);

/// A new state in which this action may be skipped.
verify::trust_state trusted_state(const verify::trust_action& action);

/// Actions of some patterns, of which some are wrong, with verifications under way, some of which
/// come to nothing.
class random_session {
public:
    random_session(const verify::trust_settings& settings, unsigned seed);

    /// One decision or one report.
    void step();

    struct entry {
        verify::trust_decision decision;
        std::optional<verdict> outcome;  ///< of a report
    };

    verify::trust_state state;
    std::vector<entry> journal;

private:
    verify::trust_settings settings_;
    std::mt19937_64 random_;
    double wrong_;
    std::vector<verify::trust_decision> open_;
};

/// What a session of random length left behind.
verify::trust_state random_state(const verify::trust_settings& settings, unsigned seed);

/// An action of low risk, whose pattern is made trusted.
verify::trust_action trusted_action(
    const verify::trust_settings& settings, verify::trust_state& state
);

/// With which the next trusted action would be verified.
double next_probability(
    const verify::trust_settings& settings,
    const verify::trust_state& state,
    verify::risk_level risk
);

}  // namespace riva::test
