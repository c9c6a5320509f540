#pragma once

#include "random_stream.hpp"

#include <riva/llm/governor_policy.hpp>
#include <riva/runtime/clock.hpp>
#include <riva/runtime/error.hpp>

#include <array>
#include <cstdint>
#include <optional>

namespace riva::llm {

/// Whether an endpoint is asked at all. It opens after failures in a row or a high share of
/// failures, and refuses everything for a while; then it lets one probe through at a time, until
/// enough of them succeeded (M. Nygard, "Release It!", 2007).
///
/// A failed probe opens it for the same time again, so an endpoint that comes back is found within
/// that time however long it was away. Opening again soon after it had closed doubles the time: an
/// endpoint that cannot bear its load is left alone for longer. It counts as soon if it was not
/// closed for twice as long as it had been open.
///
/// Pure but for its random numbers; times are given to it and do not go back.
class circuit_breaker {
public:
    using time_point = clock::time_point;

    enum class admission : std::uint8_t {
        granted,  ///< send
        probe,    ///< send, and report as a probe or `abandon`
        wait,     ///< a probe is under way
        refused,  ///< do not send
    };

    circuit_breaker(const breaker_policy& policy, std::uint64_t seed)
        : policy_(policy), random_(seed) {}

    bool closed() const { return state_ == state::closed; }
    bool half_open() const { return state_ == state::half_open; }
    /// Opened for good: by a refused key.
    bool locked() const { return state_ == state::locked; }

    /// Whether nothing may be sent now. Changes nothing.
    bool refuses(time_point now) const {
        return state_ == state::locked || (state_ == state::open && now < until_);
    }
    /// `probe` is remembered until it is reported.
    admission ask(time_point now);
    /// Reports what became of a request that was let through. Results of requests from before the
    /// breaker opened say nothing new and are passed over.
    void succeeded(time_point now, bool probe);
    void failed(time_point now, bool probe);
    /// A probe that will not be reported: it was cancelled, or says nothing about the endpoint.
    void abandon() { probing_ = false; }

    /// Opens it to a time that the endpoint named.
    void open_until(time_point when);
    /// Opens it until `unlock`.
    void lock();
    void unlock();

    /// When a probe may be sent. Precondition: open, not locked.
    time_point opens_at() const { return until_; }
    /// How often it has gone from closed to open.
    int trips() const { return trips_; }

private:
    enum class state : std::uint8_t { closed, open, half_open, locked };

    struct second {
        std::int64_t number = -1;
        int requests = 0;
        int failures = 0;
    };

    second& current(time_point now);
    bool too_many_failures(time_point now) const;
    void trip(time_point now);
    void rest(time_point now);
    void close(time_point now);

    static constexpr std::size_t longest_window = 60;

    breaker_policy policy_;
    random_stream random_;
    state state_ = state::closed;
    bool probing_ = false;
    int in_a_row_ = 0;  // failures when closed, successes when half open
    int doublings_ = 0;
    int trips_ = 0;
    time_point until_{};
    time_point closed_at_ = time_point::min();
    clock::duration open_for_{};  // the last time
    std::array<second, longest_window> window_;
};

}  // namespace riva::llm
