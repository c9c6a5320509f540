#pragma once

#include <riva/verify/check.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

namespace riva::verify {

/// Verdicts by what they depend on: the check with the tools it uses, and the tree it looks at. The
/// same check on the same tree need not run again.
///
/// What it gives back is never better than what was found: only `pass` and `fail` with their grade
/// are kept. A share of what is known is run again all the same, chosen at random; a check that
/// then says something else is not believed by heart any more. Thread safety: safe.
class verdict_cache {
public:
    /// Returns a number of at least 0, below 1.
    using coin = std::function<double()>;

    /// `run_again`: the share of what is known that runs all the same, 0 to 1. `most`: verdicts
    /// that are kept, the oldest go first. Without `toss` the operating system throws.
    explicit verdict_cache(double run_again = 0.1, std::size_t most = 4096, coin toss = {});

    /// What was found on this input before. Nothing: the check is to be run.
    std::optional<evidence> find(const check_traits& of, const check_input& input);

    /// Takes what a check found when it ran. False: it contradicts what it found on the same input
    /// before, or has done so once; then neither is kept.
    bool add(const check_traits& of, const check_input& input, const evidence& found);

private:
    std::mutex mutex_;
    double run_again_;
    std::size_t most_;
    coin toss_;
    std::unordered_map<std::string, evidence> known_;  // by key
    std::deque<std::string> order_;
    std::set<std::string> poisoned_;  // recipes
};

}  // namespace riva::verify
