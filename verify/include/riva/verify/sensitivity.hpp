#pragma once

#include <cstdint>
#include <optional>

namespace riva::verify {

/// How many faults were put into changes on purpose, and how many of them were caught.
struct canary_record {
    std::int64_t tried = 0;
    std::int64_t caught = 0;

    /// The share of faults that are caught: the mean of the posterior with a uniform prior. Nothing
    /// before five were tried.
    std::optional<double> sensitivity() const {
        if (tried < 5) return std::nullopt;
        return (static_cast<double>(caught) + 1) / (static_cast<double>(tried) + 2);
    }

    friend bool operator==(const canary_record&, const canary_record&) = default;
};

}  // namespace riva::verify
