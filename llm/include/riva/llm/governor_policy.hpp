#pragma once

#include <riva/llm/retry_policy.hpp>

#include <chrono>
#include <cstddef>

namespace riva::llm {

/// How many retries all calls together may make: each is paid from a bucket that only successes
/// fill (as in the AWS SDKs), and few are under way at once (as in Envoy). So an endpoint that is
/// down sees hardly more requests than there are calls.
struct retry_budget_policy {
    int bucket = 500;
    int transient_cost = 14;
    int throttled_cost = 5;
    int active = 3;              ///< retries under way that are always allowed
    double active_share = 0.20;  ///< of the requests in flight, if that is more
};

/// When an endpoint is left alone.
struct breaker_policy {
    int consecutive = 5;        ///< failures in a row that open it
    int window_requests = 20;   ///< or this many requests within `window`,
    double window_share = 0.5;  ///< of which this share failed
    std::chrono::seconds window{30};
    std::chrono::milliseconds open{10'000};  ///< until a probe may be sent
    std::chrono::milliseconds longest_open{300'000};
    double jitter = 0.10;  ///< up to this share is added to the time it stays open
    int successes = 3;     ///< of probes, one after the other, that close it
};

/// How many requests are sent at once.
struct width_policy {
    int start = 4;
    int least = 1;
    int most = 32;
    double after_failure = 0.9;   ///< factor after time-outs and 5xx
    double after_throttle = 0.5;  ///< factor after 429
    std::chrono::milliseconds window{1'000};  ///< the width grows at most by one in this time, or
                                              ///< in the time of as many successes as it is wide
    std::chrono::milliseconds patience{30'000};  ///< before a width that was refused is tried
                                                 ///< again; doubles each time, up to ten minutes
};

/// When a second endpoint is asked for the same answer.
struct hedge_policy {
    std::chrono::milliseconds least_delay{1'000};  ///< longer if 5 of 100 answers begin later
    double share = 0.05;  ///< of the calls that may be hedged
    double most_saved = 5;  ///< hedges
};

/// What a `governor` goes by.
struct governor_policy {
    retry_policy retry;
    retry_budget_policy budget;
    breaker_policy breaker;
    width_policy width;
    hedge_policy hedge;
    std::size_t queue = 64;  ///< calls of one run that may wait for a slot
    std::chrono::milliseconds reserve{2'000};  ///< kept of a call's time for what comes after its
                                               ///< attempts; a tenth of it if that is less
};

}  // namespace riva::llm
