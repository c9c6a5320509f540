#pragma once

#include "adaptive_width.hpp"
#include "backoff.hpp"
#include "circuit_breaker.hpp"
#include "hedge_budget.hpp"
#include "latency_sample.hpp"
#include "retry_budget.hpp"
#include "waiting_line.hpp"

#include <riva/llm/governor.hpp>
#include <riva/runtime/bell.hpp>

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

namespace riva::llm {

/// A call in the line of a governor. Guarded by the governor's mutex, but for the bell.
struct waiter {
    waiter(governor::call& one, clock& time, asio::any_io_executor executor)
        : whose(one), wake(time, std::move(executor)) {}

    enum class stage : std::uint8_t { waiting, granted, refused, taken };

    stage now = stage::waiting;
    governor::call& whose;
    bell wake;
};

/// What a governor knows, and its decisions. All but `next_move` and `place` with `guard` held.
struct governor::implementation {
    using time_point = clock::time_point;

    /// Leaves the line however the wait ends; passes on a slot that nobody takes any more.
    class place {
    public:
        place(implementation& in, std::uint64_t run, waiter& me) : in_(in), run_(run), me_(me) {}
        ~place();
        place(const place&) = delete;
        place& operator=(const place&) = delete;

    private:
        implementation& in_;
        std::uint64_t run_;
        waiter& me_;
    };

    implementation(std::string name, const governor_policy& limits, clock& when);

    /// Gives the call a slot, if there is one and it may go now.
    bool try_grant(call& to, time_point now);
    /// Takes back what a call holds.
    void release(call& from);
    /// Lets those in the line go who can, or away if the endpoint is not asked any more.
    void move_up(time_point now);
    /// When the line moves by itself: at the end of the cool-down.
    time_point next_move() const;

    /// What a failure says about the endpoint.
    void learn(call& from, const attempt_failure& failure, time_point now);
    /// Whether a failed call goes on. Its slot has been released.
    result<clock::duration> decide(call& from, const attempt_failure& failure, time_point now);

    bool healthy() const { return breaker.closed() && budget.above_half(); }
    error refusal(time_point now) const;
    error no_time_left() const;
    error line_is_full() const;
    governor_state describe() const;

    const std::string who;
    const governor_policy policy;
    clock& time;
    mutable std::mutex guard;

    backoff delays;
    retry_budget budget;
    circuit_breaker breaker;
    adaptive_width width;
    latency_sample first_tokens;
    hedge_budget hedges;
    waiting_line<waiter> line;
    std::uint64_t runs = 0;
    std::uint64_t next_number = 1;  // of the next request
    int in_flight = 0;
    int retrying = 0;
    time_point cooling_until = time_point::min();
    int throttles_in_a_row = 0;
    std::uint64_t throttles_from = 0;  // refusals of earlier requests are the same one
    error last_failure;               // of those that count against the endpoint
    time_point told_until = time_point::min();  // the endpoint asked not to be asked before
    std::uint64_t repeated = 0;
    std::uint64_t throttled = 0;
    std::uint64_t hedged = 0;

private:
    std::string date(time_point when, time_point now) const;
    void send(call& to, time_point now, bool as_probe);
    void cool_down(const call& from, const attempt_failure& failure, time_point now);
};

}  // namespace riva::llm
