#pragma once

#include <riva/llm/attempt_failure.hpp>
#include <riva/llm/governor_policy.hpp>
#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/clock.hpp>
#include <riva/runtime/deadline.hpp>
#include <riva/runtime/error.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace riva::llm {

enum class breaker_state { closed, open, half_open, locked };

std::string_view to_string(breaker_state s);

/// How an endpoint is doing.
struct governor_state {
    breaker_state breaker = breaker_state::closed;
    std::optional<clock::wall_time> opens_at;  ///< of an open breaker: when it is tried again
    std::optional<clock::wall_time> cooling_until;  ///< nothing is sent before that
    int width = 0;  ///< requests that may be in flight
    int in_flight = 0;
    std::size_t waiting = 0;  ///< calls that wait for a slot
    int retries = 0;  ///< calls that repeat, or wait to
    int budget = 0;  ///< what is left to pay retries from
    int trips = 0;  ///< how often the breaker has opened
    std::uint64_t sent = 0;  ///< requests since the beginning
    std::uint64_t repeated = 0;  ///< of these, retries
    std::uint64_t throttled = 0;  ///< of these, refused with 429
    std::uint64_t hedged = 0;  ///< calls for which another endpoint was asked as well
};

/// Decides when requests to one endpoint are sent, and when failed ones are sent again: attempts
/// and their delays, the budget of all retries, the circuit breaker, the common cool-down after
/// 429, and how many requests are in flight. One for each (endpoint, key, model), shared by all
/// that talk to it, and the only place that retries.
///
/// Thread safety: safe. The mutex inside is held for decisions only, never across a suspension.
/// Lifetime: outlives its calls.
class governor {
public:
    class call;

    /// `who` begins the sentences about refusals. Lifetime: `time` outlives it.
    explicit governor(std::string who, governor_policy policy = {}, clock& time = real_clock());
    ~governor();
    governor(const governor&) = delete;
    governor& operator=(const governor&) = delete;

    /// A number for the calls of one run, among which the slots are shared fairly. Not zero.
    std::uint64_t new_run();

    governor_state state() const;

    /// The time to the first token that 95 of 100 answers did not exceed; nothing before there were
    /// 100 answers. Of the last 512.
    std::optional<clock::duration> first_token_p95() const;

    /// A call begins that may be hedged: after what time another endpoint may be asked as well.
    /// Nothing before there were 100 answers to tell from.
    std::optional<clock::duration> plan_hedge();

    /// Takes a hedge for a call that was planned. False if hedges are used up, or not `healthy`.
    bool take_hedge();

    /// Whether requests may be added that are not needed: the breaker is closed, and more than half
    /// of the retry budget is left.
    bool healthy() const;

    /// Gives an endpoint that refused its key (401, 403) another chance.
    void configuration_changed();

    clock& time() const;

private:
    struct implementation;
    std::unique_ptr<implementation> impl_;
};

/// One call: one question, with all attempts to get it answered.
///
///     governor::call call(governor, run, by);
///     for (;;) {
///         const auto admitted = co_await call.admit();
///         if (!admitted) co_return admitted.error();
///         ... send a request, until call.attempt_by() ...
///         if (it succeeded) { call.served(time_to_first_token); co_return ...; }
///         const auto again = call.failed(failure);
///         if (!again) co_return again.error();
///     }
///
/// Destroying it gives back what it holds; an attempt that is neither served nor failed, because it
/// was cancelled, says nothing about the endpoint. Thread safety: none, but different calls of one
/// governor may be used from different threads.
class governor::call {
public:
    call(governor& by_whom, std::uint64_t run, deadline by);
    ~call();
    call(const call&) = delete;
    call& operator=(const call&) = delete;

    /// Waits until the next attempt may be sent: for its delay, the common cool-down, and a free
    /// slot. A free slot and a closed breaker cost no allocation beyond the coroutine's frame, and
    /// no suspension.
    /// Errors: endpoint_resting (the breaker is open), rate_limited (opened by the endpoint's own
    /// word), unauthorized (it refused the key), queue_full, total_timed_out (`by` would pass
    /// first). Cancellation: leaves the queue; nothing is lost.
    /// Precondition: no attempt is under way.
    asio::awaitable<result<void>> admit();

    /// The same if it needs no waiting: true, or false and nothing has happened.
    bool try_admit();

    /// By when the attempt that was admitted must end: the call's deadline, less a reserve for what
    /// follows.
    deadline attempt_by() const;

    /// The attempt succeeded. `first_token`: from sending to the first part of the answer.
    void served(std::optional<clock::duration> first_token = std::nullopt);

    /// The attempt failed. Returns the least delay before the next one, which `admit` keeps; or the
    /// error with which the call ends: the failure with what prevents another attempt.
    result<clock::duration> failed(const attempt_failure& failure);

    int attempts() const { return attempts_; }

private:
    friend struct governor::implementation;

    asio::awaitable<result<void>> wait_in_line();

    implementation& in_;
    std::uint64_t run_;
    deadline by_;
    int attempts_ = 0;
    int failures_ = 0;  // before anything of an answer arrived
    int restarts_ = 0;  // after answers that broke off
    int last_cost_ = 0;
    std::uint64_t number_ = 0;  // of the request in flight
    clock::time_point not_before_ = clock::time_point::min();
    deadline attempt_by_;
    bool in_flight_ = false;
    bool probe_ = false;
    bool retrying_ = false;  // counts as an active retry
};

}  // namespace riva::llm
