#pragma once

#include <riva/llm/governor_policy.hpp>

#include <algorithm>

namespace riva::llm {

/// How many calls may be hedged: every call earns its share of a hedge, and some can be saved up.
/// Pure.
class hedge_budget {
public:
    explicit hedge_budget(const hedge_policy& policy) : policy_(policy) {}

    void earn() { saved_ = std::min(policy_.most_saved, saved_ + policy_.share); }

    /// Takes one hedge; false if it was not earned yet.
    bool pay() {
        if (saved_ < 1) return false;
        saved_ -= 1;
        return true;
    }

private:
    hedge_policy policy_;
    double saved_ = 0;
};

}  // namespace riva::llm
