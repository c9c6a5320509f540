#pragma once

#include <riva/verify/check.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace riva::verify {

/// How a kind of check has done.
struct check_record {
    std::int64_t runs = 0;  ///< that decided
    std::int64_t failures = 0;
    std::chrono::milliseconds duration{0};  ///< of all runs

    friend bool operator==(const check_record&, const check_record&) = default;
};

/// What a check is expected to do next.
struct check_estimate {
    double likely_to_fail = 0;  ///< 0 to 1
    double cost_ms = 0;
};

/// What is known of checks by their kind, so that what is cheap and likely to fail runs first.
/// Thread safety: safe.
class check_history {
public:
    using records = std::map<std::string, check_record>;

    explicit check_history(records known = {}) : known_(std::move(known)) {}

    /// The mean of what the check declares, counted as four runs, and of its record.
    check_estimate estimate(const check_traits& of) const;

    /// Adds what is known already, which is no news.
    void know(const records& more);

    /// Counts a run. What decided nothing is not counted.
    void add(const check_traits& of, const evidence& found);

    /// What was added since the last call, to be stored.
    records take_news();

private:
    mutable std::mutex mutex_;
    records known_;
    records news_;
};

}  // namespace riva::verify
