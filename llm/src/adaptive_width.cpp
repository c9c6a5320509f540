#include "adaptive_width.hpp"

#include <algorithm>

namespace riva::llm {
namespace {

constexpr std::chrono::minutes longest_patience{10};

}  // namespace

void adaptive_width::succeeded(time_point now, int in_flight) {
    ++successes_;
    used_ = used_ || 2 * in_flight >= width();
    if (successes_ < width() && now - policy_.window < window_began_) return;
    const bool used = used_;
    successes_ = 0;
    used_ = false;
    window_began_ = now;
    if (!used || width() >= policy_.most) return;
    if (refused_ > 0 && width() + 1 >= refused_) {
        if (now < patient_until_) return;
        refused_ = 0;
    }
    width_ = std::min<double>(policy_.most, width_ + 1);
}

void adaptive_width::shrink(time_point now, double factor, std::uint64_t next) {
    width_ = std::max<double>(policy_.least, width_ * factor);
    counts_from_ = next;
    successes_ = 0;
    used_ = false;
    window_began_ = now;
}

void adaptive_width::failed(time_point now, std::uint64_t request, std::uint64_t next) {
    if (request >= counts_from_) shrink(now, policy_.after_failure, next);
}

void adaptive_width::throttled(
    time_point now, std::uint64_t request, std::uint64_t next, int in_flight
) {
    if (request < counts_from_) return;
    // At its least it says nothing about a width that could be tried less often.
    if (width() == policy_.least) return shrink(now, policy_.after_throttle, next);
    const bool again = now - patient_until_ < policy_.patience && patient_until_ != time_point{};
    patience_ = again ? std::min<clock::duration>(2 * patience_, longest_patience)
                      : clock::duration(policy_.patience);
    patient_until_ = now + patience_;
    refused_ = std::max(policy_.least + 1, std::min(width(), in_flight));
    shrink(now, policy_.after_throttle, next);
}

}  // namespace riva::llm
