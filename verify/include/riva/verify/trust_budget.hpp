#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/error.hpp>
#include <riva/verify/trust_decision.hpp>

#include <boost/asio/strand.hpp>

#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

namespace riva::verify {

/// Keeps what is trusted, for all sessions that share it.
class trust_store {
public:
    virtual ~trust_store() = default;

    /// Runs `change` on the state in one transaction: it sees all changes made before, nobody sees
    /// half of it. It may run more than once; only the last time counts. It looks at the class and
    /// the pattern of `concerns`, at `ticket` if that is not 0, at the points and at the next
    /// ticket; a store may load and write no more than these. May block.
    /// Errors: the state cannot be read or written; then nothing has changed.
    virtual result<void> transact(
        const trust_action& concerns,
        std::uint64_t ticket,
        const std::function<void(trust_state&)>& change
    ) = 0;

    /// The whole state. May block.
    virtual result<trust_state> load() = 0;
};

/// Keeps it in memory. Thread safety: safe.
class trust_in_memory : public trust_store {
public:
    explicit trust_in_memory(trust_state state = {}) : state_(std::move(state)) {}

    result<void> transact(
        const trust_action& concerns,
        std::uint64_t ticket,
        const std::function<void(trust_state&)>& change
    ) override;
    result<trust_state> load() override;

private:
    std::mutex mutex_;
    trust_state state_;
};

/// Decides what is verified, for one session. docs/trust.md says what that guarantees.
///
/// Fails closed: when the store fails, the action is to be verified.
///
/// Cancellation: a step that has begun is finished, then `operation_aborted` is thrown. A decision
/// that nobody received counts as a skip that may have escaped, or as an audit that failed.
/// Thread safety: safe; the steps run one after the other on a strand. Lifetime: the store outlives
/// the budget, and the budget its calls.
class trust_budget {
public:
    /// Returns 64 fair bits. Called on the strand only, once for every decision.
    using coin = std::function<std::uint64_t()>;

    /// Steps run on `where`, which may be a pool for blocking work. Whoever chooses the actions
    /// must not be able to foresee the coin.
    /// Preconditions: `find_fault` finds none in the settings nor in the stored state.
    trust_budget(
        asio::any_io_executor where, trust_store& store, trust_settings settings, coin toss
    );

    /// As `verify::decide`. The mode `off` leaves the store alone.
    asio::awaitable<trust_decision> decide(trust_action action);

    /// As `verify::report`. Errors: those of the store; the ticket is still open then.
    asio::awaitable<result<bool>> report(trust_decision about, verdict outcome);

    /// As `verify::report_escape`. Errors: those of the store.
    asio::awaitable<result<void>> report_escape(trust_action action);

    /// As `verify::describe`. Errors: those of the store.
    asio::awaitable<result<trust_description>> describe();

    const trust_settings& settings() const { return settings_; }

private:
    asio::strand<asio::any_io_executor> strand_;
    trust_store& store_;
    trust_settings settings_;
    coin toss_;
};

}  // namespace riva::verify
