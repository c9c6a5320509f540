#pragma once

#include <riva/llm/attempt_failure.hpp>

#include <chrono>
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

}  // namespace riva::llm
