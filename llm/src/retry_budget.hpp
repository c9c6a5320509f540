#pragma once

#include <riva/llm/governor_policy.hpp>

#include <algorithm>
#include <optional>

namespace riva::llm {

/// What all retries of one endpoint are paid from. While everything fails, `bucket / cost` retries
/// are made and then none, however many calls there are. Pure.
class retry_budget {
public:
    explicit retry_budget(const retry_budget_policy& policy)
        : policy_(policy), tokens_(policy.bucket) {}

    /// Pays for a retry while `active` others are under way or waiting, and `in_flight` requests
    /// are sent. Returns its cost, or nothing if it must not be made.
    std::optional<int> pay(bool throttled, int active, int in_flight) {
        const int share = static_cast<int>(policy_.active_share * in_flight);
        const int cost = throttled ? policy_.throttled_cost : policy_.transient_cost;
        if (active >= std::max(policy_.active, share) || cost > tokens_) return std::nullopt;
        tokens_ -= cost;
        return cost;
    }

    /// A call succeeded, with a last retry that cost this; 0: at once.
    void refund(int last_cost) {
        tokens_ = std::min(policy_.bucket, tokens_ + std::max(1, last_cost));
    }

    int tokens() const { return tokens_; }
    bool above_half() const { return 2 * tokens_ > policy_.bucket; }

private:
    retry_budget_policy policy_;
    int tokens_;
};

}  // namespace riva::llm
