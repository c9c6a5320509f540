#pragma once

#include <riva/runtime/clock.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace riva::llm {

/// The last 512 of some durations. Pure.
class latency_sample {
public:
    static constexpr std::size_t kept = 512;
    static constexpr std::size_t enough = 100;

    void add(clock::duration one) { latest_.at(added_++ % kept) = one; }

    /// What 95 of 100 do not exceed (nearest rank); nothing before there are 100.
    std::optional<clock::duration> p95() const {
        if (added_ < enough) return std::nullopt;
        auto sorted = latest_;
        const std::size_t count = std::min(added_, kept);
        const auto rank = sorted.begin() + static_cast<std::ptrdiff_t>((count * 95 + 99) / 100 - 1);
        std::nth_element(sorted.begin(), rank, sorted.begin() + static_cast<std::ptrdiff_t>(count));
        return *rank;
    }

private:
    std::array<clock::duration, kept> latest_{};
    std::size_t added_ = 0;
};

}  // namespace riva::llm
