#pragma once

#include <riva/llm/error.hpp>
#include <riva/runtime/error.hpp>

#include <chrono>
#include <optional>

namespace riva::llm {

/// What a server says about repeating a request it did not serve.
struct retry_hint {
    std::optional<bool> should_retry;
    std::optional<std::chrono::milliseconds> delay;  ///< more than zero

    friend bool operator==(const retry_hint&, const retry_hint&) = default;
};

/// A failed attempt.
struct attempt_failure {
    error why;
    unsigned status = 0;  ///< 0: no response header
    retry_hint hint;
};

/// What a failure says about the endpoint, and so what follows from it.
enum class failure_kind {
    throttled,   ///< it has too much to do: 429, 529
    transient,   ///< it may succeed later: 5xx, time-outs, broken connections
    broken,      ///< it does not work, and asking again would not help: TLS, framing, no JSON
    locked_out,  ///< it refuses this key: 401, 403
    answered,    ///< it works, and this request or its answer is at fault; or nothing is known
};

failure_kind kind_of(const attempt_failure& failed);

/// True if the same request may succeed later.
bool is_retryable(const attempt_failure& failed);

}  // namespace riva::llm
