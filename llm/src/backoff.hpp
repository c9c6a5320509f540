#pragma once

#include "random_stream.hpp"

#include <riva/llm/retry_policy.hpp>

#include <chrono>

namespace riva::llm {

/// Delays before further attempts: uniform between zero and min(cap, base * 2^(n-1)), so that
/// clients that failed together do not come back together ("full jitter", M. Brooker,
/// "Exponential Backoff And Jitter", 2015). Pure but for its random numbers.
class backoff {
public:
    explicit backoff(const retry_policy& policy);

    /// After `failures` failed attempts, at least 1. `throttled`: the last one by 429.
    std::chrono::microseconds after(int failures, bool throttled);

    /// Uniform between zero and `span`.
    std::chrono::microseconds scatter(std::chrono::microseconds span);

private:
    retry_policy policy_;
    random_stream random_;
};

/// `seed`, or one from the system if it is 0.
std::uint64_t seed_or_random(std::uint64_t seed);

}  // namespace riva::llm
