#pragma once

#include <riva/runtime/error.hpp>

#include <cstdint>
#include <string>

namespace riva {

/// What a run may spend. Zero: nothing at all. The defaults are practically unlimited but for the
/// calls.
struct spending_limits {
    std::int64_t calls = 1000;
    std::int64_t tokens = INT64_MAX;  ///< input and output together
};

/// Counts what model calls cost, so that calls in parallel never spend more than the limit
/// together: a call reserves its worst case before it is sent, and settles what it really cost.
///
/// Thread safety: none; lives on the strand of its run.
class ledger {
public:
    /// What one call has reserved. Gives everything back when destroyed unsettled.
    class lease {
    public:
        lease() = default;
        lease(lease&& other) noexcept;
        lease& operator=(lease&& other) noexcept;
        ~lease();

        /// Books what the call really cost, which may be less than was reserved.
        void settle(std::int64_t tokens);

    private:
        friend class ledger;
        lease(ledger& from, std::int64_t tokens) : from_(&from), tokens_(tokens) {}
        ledger* from_ = nullptr;
        std::int64_t tokens_ = 0;
    };

    explicit ledger(spending_limits limits) : limits_(limits) {}

    /// Errors: `errc::budget_exhausted` naming the limit.
    result<lease> reserve(std::int64_t tokens);

    std::int64_t calls() const { return calls_; }
    std::int64_t tokens() const { return tokens_; }

private:
    spending_limits limits_;
    std::int64_t calls_ = 0;
    std::int64_t tokens_ = 0;    ///< settled
    std::int64_t reserved_ = 0;  ///< open leases
};

}  // namespace riva
