#pragma once

#include "random_stream.hpp"
#include "scripted/answer.hpp"

#include <chrono>
#include <cstdint>

namespace riva::llm::scripted {

/// The waits of one answer, with jitter, scaled.
class pace {
public:
    pace(const behaviour& b, double time_scale, random_stream jitter)
        : behaviour_(b), scale_(time_scale), jitter_(jitter) {}

    std::chrono::nanoseconds first_token() { return wait(behaviour_.first_token_ms); }

    /// Before each of the other tokens.
    std::chrono::nanoseconds token() { return tokens(1); }

    std::chrono::nanoseconds tokens(std::int64_t count) {
        if (behaviour_.tokens_per_second == 0) return {};
        return wait(1000.0 * static_cast<double>(count) / behaviour_.tokens_per_second);
    }

private:
    std::chrono::nanoseconds wait(double ms) {
        const double varied = ms * (1 + behaviour_.jitter * (2 * jitter_.share() - 1));
        return std::chrono::nanoseconds(static_cast<std::int64_t>(varied * scale_ * 1e6));
    }

    behaviour behaviour_;
    double scale_;
    random_stream jitter_;
};

}  // namespace riva::llm::scripted
