#pragma once

#include <cstdint>
#include <string_view>

namespace riva::llm {

/// A small generator whose numbers are the same on every machine (SplitMix64, Steele, Lea and
/// Flood 2014; names are mixed in by FNV-1a).
class random_stream {
public:
    explicit random_stream(std::uint64_t seed) : state_(seed) {}

    /// Makes the stream depend on a name as well.
    random_stream& mix(std::string_view name) {
        std::uint64_t hash = 0xCBF29CE484222325;
        for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
        return mix(hash);
    }

    random_stream& mix(std::uint64_t number) {
        state_ = next() ^ number;
        return *this;
    }

    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// Below `bound`, which is not zero.
    std::uint64_t below(std::uint64_t bound) {
        const std::uint64_t unfair = (0 - bound) % bound;
        std::uint64_t number = next();
        while (number < unfair) number = next();
        return number % bound;
    }

    /// At least 0, below 1.
    double share() { return static_cast<double>(next() >> 11) * 0x1p-53; }

private:
    std::uint64_t state_;
};

}  // namespace riva::llm
