#pragma once

#include <algorithm>
#include <chrono>

namespace riva {

/// A point in time by which something must be finished. Passed last to every operation that can
/// touch network, process or disk. A callee may tighten a deadline with `min`, never relax it.
class deadline {
public:
    using clock = std::chrono::steady_clock;

    /// Never passes.
    deadline() = default;

    static deadline never() { return {}; }
    static deadline at(clock::time_point when) { return deadline(when); }

    /// `from_now` after this moment; a span too large for the clock is `never()`.
    static deadline in(clock::duration from_now) {
        const auto now = clock::now();
        return from_now >= clock::time_point::max() - now ? never() : deadline(now + from_now);
    }

    clock::time_point when() const { return when_; }
    bool expired() const { return clock::now() >= when_; }

    /// Zero when it has passed.
    clock::duration remaining() const {
        return std::max(clock::duration::zero(), when_ - std::min(clock::now(), when_));
    }

    friend bool operator==(const deadline&, const deadline&) = default;
    friend auto operator<=>(const deadline&, const deadline&) = default;

private:
    explicit deadline(clock::time_point when) : when_(when) {}

    clock::time_point when_ = clock::time_point::max();
};

/// The earlier of two deadlines.
inline deadline min(deadline a, deadline b) {
    return a < b ? a : b;
}

}  // namespace riva
