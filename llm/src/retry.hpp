#pragma once

#include "backoff.hpp"

#include <riva/llm/attempt_failure.hpp>
#include <riva/llm/retry_policy.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace riva::llm {

/// Reads the values of the fields `x-should-retry`, `retry-after-ms` (milliseconds) and
/// `retry-after` (seconds, or an HTTP date); empty where a field is missing. What cannot be read,
/// is zero or lies in the past says nothing.
retry_hint read_retry_hint(
    std::string_view should_retry,
    std::string_view after_ms,
    std::string_view after,
    std::chrono::system_clock::time_point now
);

/// Decides whether a failed attempt is followed by another, and after what delay. Pure but for its
/// random numbers: it neither waits nor looks at a clock.
class retry_schedule {
public:
    explicit retry_schedule(const retry_policy& policy) : policy_(policy), delays_(policy) {}

    /// The delay before the next attempt, at least the server's; or the error with which the call
    /// ends. `attempts` of this question have been made.
    /// Errors: the failure itself; rate_limited when the server asks for more than
    /// `longest_server_delay`; total_timed_out is never made up here.
    result<std::chrono::microseconds> after(
        const attempt_failure& failed, int attempts, std::chrono::system_clock::time_point now
    );

private:
    retry_policy policy_;
    backoff delays_;
};

}  // namespace riva::llm
