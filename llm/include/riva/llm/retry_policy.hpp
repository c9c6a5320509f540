#pragma once

#include <chrono>
#include <cstdint>

namespace riva::llm {

/// How failed requests are repeated. Delays are uniform between zero and min(cap, base * 2^(n-1))
/// ("full jitter").
struct retry_policy {
    int attempts = 3;         ///< that fail before anything of an answer has arrived
    int stream_restarts = 2;  ///< more, after answers that broke off
    std::chrono::milliseconds base{500};              ///< after a transient failure
    std::chrono::milliseconds throttled_base{1'000};  ///< after 429
    std::chrono::milliseconds cap{20'000};
    std::chrono::milliseconds longest_server_delay{60'000
    };  ///< a longer Retry-After fails the call at once
    std::uint64_t seed = 0;  ///< of the jitter; 0: from the system
};

}  // namespace riva::llm
