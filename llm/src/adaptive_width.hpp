#pragma once

#include <riva/llm/governor_policy.hpp>
#include <riva/runtime/clock.hpp>

#include <cstdint>
#include <optional>

namespace riva::llm {

/// How many requests an endpoint bears at once, found out by trying: one more per window in which
/// everything went well and the width was used (2 * in flight >= width), a tenth less after a
/// failure, half after 429 (AIMD, Chiu and Jain 1989, as in Netflix's concurrency-limits). Loss,
/// not latency, is the signal, because how long a model answers depends on the length of its
/// answer.
///
/// A width that was refused with 429 is remembered and not tried again for a while, so that the
/// width rests just below what the endpoint bears instead of running into its limit every few
/// seconds. Of the failures of requests that were sent together only the first counts.
///
/// Pure. Requests are numbered in the order in which they are sent.
class adaptive_width {
public:
    using time_point = clock::time_point;

    explicit adaptive_width(const width_policy& policy)
        : policy_(policy), width_(policy.start), patience_(policy.patience) {}

    int width() const { return static_cast<int>(width_); }

    /// `in_flight` includes the request that ended.
    void succeeded(time_point now, int in_flight);
    /// `next` is the number that the next request gets.
    void failed(time_point now, std::uint64_t request, std::uint64_t next);
    void throttled(time_point now, std::uint64_t request, std::uint64_t next, int in_flight);

private:
    void shrink(time_point now, double factor, std::uint64_t next);

    width_policy policy_;
    double width_;
    int successes_ = 0;  // in this window
    bool used_ = false;  // in this window
    std::uint64_t counts_from_ = 0;
    time_point window_began_ = time_point::min();
    int refused_ = 0;  // the least width that was refused; 0: none
    time_point patient_until_{};
    clock::duration patience_;
};

}  // namespace riva::llm
