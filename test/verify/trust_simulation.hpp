#pragma once

#include <riva/verify/trust_state.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

/// Streams of actions, decided by a trust budget. Whether an action is silently wrong is fixed
/// before the coin of its decision is thrown, and after everything else.
namespace riva::test {

enum class stream {
    clean,                ///< 0.2 % wrong
    steady,               ///< 1 % wrong
    bad,                  ///< 15 % wrong
    abrupt_drift,         ///< 0.5 % wrong, 25 % from the middle on
    slow_drift,           ///< 0.2 % wrong, rising to 20 %
    wrong_when_trusted,   ///< wrong whenever it is verified with a probability of at most 0.5
    wrong_until_caught,   ///< wrong whenever it could be skipped, until the first is caught
    random_threshold,     ///< wrong below a probability that is drawn for each run
};

std::string_view name_of(stream s);

/// What came of the first `actions` of a stream.
struct simulated {
    std::int64_t actions = 0;
    std::int64_t verified = 0;
    std::int64_t escaped = 0;
    bool broke_bound = false;      ///< more escaped than the bound said, at some moment
    bool broke_allowance = false;  ///< more escaped than is allowed, at some moment
};

/// One run, told at each of `horizons`, which rise. Every verification is reported at once.
std::vector<simulated> simulate(
    stream kind,
    const verify::trust_settings& settings,
    const std::vector<std::int64_t>& horizons,
    std::uint64_t seed
);

/// What came of many runs, seeded with 1, 2, ...
struct simulated_runs {
    int runs = 0;
    double verified_share = 0;
    double escapes_per_1000 = 0;
    double broke_bound = 0;      ///< share of the runs
    double broke_allowance = 0;  ///< share of the runs
    std::int64_t most_escaped = 0;
};

std::vector<simulated_runs> simulate_runs(
    stream kind,
    const verify::trust_settings& settings,
    const std::vector<std::int64_t>& horizons,
    int runs
);

struct interleaved {
    /// A skip after which the certificate, made again from the decisions and outcomes of both
    /// sessions, did not keep the allowance of both.
    bool uncovered_skip = false;
    bool counts_differ = false;    ///< the state did not count what both did
    bool broke_allowance = false;  ///< both together
};

/// One session works for a while without failures; then two decide in turn, at random, and learn
/// the outcomes of their verifications some decisions later and in any order. `shared`: on one
/// state; otherwise each on a copy of it, as if no transaction existed.
interleaved simulate_two_sessions(stream kind, bool shared, std::uint64_t seed);

/// Processor time of one decision and its report, in nanoseconds, over a long steady stream.
double measure_decision_ns();

}  // namespace riva::test
