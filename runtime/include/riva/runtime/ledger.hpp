#pragma once

#include <riva/runtime/error.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace riva {

/// What an account may spend. Zero: nothing at all. The defaults are practically unlimited but for
/// the calls.
struct spending_limits {
    std::int64_t calls = 1000;
    std::int64_t tokens = INT64_MAX;     ///< input and output together
    std::int64_t micro_usd = INT64_MAX;  ///< millionths of a US dollar

    static spending_limits none() { return {.calls = INT64_MAX}; }

    friend bool operator==(const spending_limits&, const spending_limits&) = default;
};

/// What a model call costs, or could cost. Never negative; sums stop at the largest number.
struct cost {
    std::int64_t tokens = 0;  ///< input and output together
    std::int64_t micro_usd = 0;

    friend cost operator+(cost a, cost b) noexcept;
    friend bool operator==(const cost&, const cost&) = default;
};

/// Counts what model calls cost, so that calls in parallel never spend more than a limit together:
/// a call reserves its worst case before it is sent, and settles what it really cost.
///
/// Accounts form a tree (a run, its intentions, their parts). What is reserved or booked in an
/// account is also reserved or booked in every account above it, and a reservation is granted only
/// if all of them can carry it; either all take it or none.
///
/// What was spent is booked, even if it is more than was reserved. An account that is overdrawn by
/// that refuses everything from then on.
///
/// Thread safety: none; all accounts of a tree live on the strand of their run. No function
/// suspends. Lifetime: an account outlives its leases and the accounts below it.
class ledger {
public:
    enum class limit { calls, tokens, money };

    /// Why an account refuses a call.
    struct shortage {
        limit what = limit::calls;
        const ledger* by = nullptr;
        std::string explanation;  ///< one sentence
    };

    /// What one call has reserved.
    ///
    /// A lease that is destroyed unsettled (its call was cancelled, or never sent) books what is at
    /// risk and gives the rest back: what a server may have charged for is not forgotten, and what
    /// was surely not spent is free again. With nothing at risk the call itself is not counted.
    class lease {
    public:
        lease() = default;
        lease(lease&& other) noexcept;
        lease& operator=(lease&& other) noexcept;
        ~lease();

        /// Says that the call is about to be sent, and what it can have cost by the time of the
        /// next `at_risk` or `settle` at most. Replaces what was said before.
        void at_risk(cost most) noexcept;
        /// Reserves more, for another request of the same call. Errors: as `reserve`; what was
        /// reserved before stays so.
        result<void> grow(cost more);
        /// Why `grow` would refuse; nothing if it would not.
        std::optional<shortage> find_shortage(cost more) const;
        /// Books what the call really cost, and gives back the rest. Later calls do nothing.
        void settle(cost actual) noexcept;

        const cost& reserved() const noexcept { return reserved_; }

    private:
        friend class ledger;
        lease(ledger& from, cost reserved) : from_(&from), reserved_(reserved) {}
        void close(cost actual, bool sent) noexcept;

        ledger* from_ = nullptr;
        cost reserved_;
        cost at_risk_;
        bool sent_ = false;
    };

    /// An account on its own. The name is for refusals, such as `the run`.
    explicit ledger(spending_limits limits, std::string name = "the run");
    /// An account below another one.
    ledger(ledger& parent, spending_limits limits, std::string name);
    ledger(const ledger&) = delete;
    ledger& operator=(const ledger&) = delete;

    /// Errors: `errc::budget_exhausted` with the sentence of `find_shortage`.
    result<lease> reserve(cost most);

    /// Why a call that could cost so much would be refused, here or above; nothing if it would not.
    std::optional<shortage> find_shortage(cost most) const;

    /// Books calls of an earlier time, here and in the accounts above up to `top`, which is left
    /// out; null: in all of them. Never refused.
    void carry_over(std::int64_t calls, cost spent, const ledger* top = nullptr) noexcept;

    std::int64_t calls() const noexcept { return calls_; }
    const cost& spent() const noexcept { return spent_; }  ///< settled
    const cost& reserved() const noexcept { return reserved_; }  ///< open leases
    const spending_limits& limits() const noexcept { return limits_; }
    const std::string& name() const noexcept { return name_; }

private:
    std::optional<shortage> own_shortage(cost most, bool new_call) const;
    std::optional<shortage> find_shortage(cost most, bool new_call) const;

    ledger* parent_ = nullptr;
    spending_limits limits_;
    std::string name_;
    std::int64_t calls_ = 0;
    cost spent_;
    cost reserved_;
};

}  // namespace riva
