#include "backoff.hpp"

#include <algorithm>
#include <random>

namespace riva::llm {

std::uint64_t seed_or_random(std::uint64_t seed) {
    if (seed != 0) return seed;
    std::random_device entropy;
    return (std::uint64_t{entropy()} << 32) | entropy();
}

backoff::backoff(const retry_policy& policy)
    : policy_(policy), random_(seed_or_random(policy.seed)) {}

std::chrono::microseconds backoff::after(int failures, bool throttled) {
    auto ceiling = throttled ? policy_.throttled_base : policy_.base;
    for (int i = 1; i < failures && ceiling < policy_.cap; ++i) ceiling *= 2;
    return scatter(std::min(ceiling, policy_.cap));
}

std::chrono::microseconds backoff::scatter(std::chrono::microseconds span) {
    const std::chrono::duration<double, std::micro> share(
        random_.share() * static_cast<double>(span.count())
    );
    return std::chrono::duration_cast<std::chrono::microseconds>(share);
}

}  // namespace riva::llm
