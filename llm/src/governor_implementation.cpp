#include "governor_implementation.hpp"

#include "utc.hpp"

#include <algorithm>

namespace riva::llm {
namespace {

std::chrono::milliseconds asked_delay(const attempt_failure& failure) {
    return failure.hint.delay.value_or(std::chrono::milliseconds(0));
}

error with(error why, const std::string& what) {
    why.context += what;
    return why;
}

}  // namespace

governor::implementation::place::~place() {
    const std::lock_guard held(in_.guard);
    if (me_.now == waiter::stage::waiting) in_.line.remove(run_, me_);
    if (me_.now != waiter::stage::granted) return;
    if (me_.whose.probe_) in_.breaker.abandon();
    in_.release(me_.whose);
    in_.move_up(in_.time.now());
}

governor::implementation::implementation(
    std::string name, const governor_policy& limits, clock& when
)
    : who(std::move(name)),
      policy(limits),
      time(when),
      delays(limits.retry),
      budget(limits.budget),
      breaker(limits.breaker, seed_or_random(limits.retry.seed) + 1),
      width(limits.width),
      hedges(limits.hedge) {}

bool governor::implementation::try_grant(call& to, time_point now) {
    if (now < cooling_until || now < to.not_before_ || breaker.refuses(now)) return false;
    // A probe does not wait for requests that may hang since the breaker opened.
    if (breaker.closed() && in_flight >= width.width()) return false;
    const auto answer = breaker.ask(now);
    if (answer == circuit_breaker::admission::wait) return false;
    send(to, now, answer == circuit_breaker::admission::probe);
    return true;
}

void governor::implementation::send(call& to, time_point now, bool as_probe) {
    ++in_flight;
    ++to.attempts_;
    to.in_flight_ = true;
    to.probe_ = as_probe;
    to.number_ = next_number++;
    if (to.retrying_) ++repeated;
    to.attempt_by_ = to.by_;
    if (to.by_ == deadline::never()) return;
    const clock::duration left = to.by_.when() - now;
    to.attempt_by_ =
        deadline::at(to.by_.when() - std::min<clock::duration>(policy.reserve, left / 10));
}

void governor::implementation::release(call& from) {
    if (from.in_flight_) --in_flight;
    if (from.retrying_) --retrying;
    from.in_flight_ = from.retrying_ = from.probe_ = false;
}

void governor::implementation::move_up(time_point now) {
    const bool over = breaker.refuses(now);
    while (!line.empty()) {
        if (over) {
            waiter& next = line.pop();
            next.now = waiter::stage::refused;
            next.wake.ring();
            continue;
        }
        // Those who wait in line have their own delay behind them.
        waiter& next = line.front();
        if (!try_grant(next.whose, now)) return;
        line.pop();
        next.now = waiter::stage::granted;
        next.wake.ring();
    }
}

clock::time_point governor::implementation::next_move() const {
    const std::lock_guard held(guard);
    return cooling_until > time.now() ? cooling_until : time_point::max();
}

void governor::implementation::learn(call& from, const attempt_failure& failure, time_point now) {
    const failure_kind kind = kind_of(failure);
    switch (kind) {
        case failure_kind::throttled:
            ++throttled;
            width.throttled(now, from.number_, next_number, in_flight);
            if (from.probe_) breaker.abandon();
            break;
        case failure_kind::transient:
            width.failed(now, from.number_, next_number);
            breaker.failed(now, from.probe_);
            break;
        case failure_kind::broken: breaker.failed(now, from.probe_); break;
        case failure_kind::locked_out: breaker.lock(); break;
        case failure_kind::answered:
            if (failure.why.code != errc::total_timed_out) {
                breaker.succeeded(now, from.probe_);
                return;
            }
            // The time was the caller's, so it says little about the endpoint.
            width.failed(now, from.number_, next_number);
            if (from.probe_) breaker.abandon();
            return;
    }
    if (!breaker.locked() || kind == failure_kind::locked_out) last_failure = failure.why;
    if (kind == failure_kind::throttled || failure.hint.delay) cool_down(from, failure, now);
}

void governor::implementation::cool_down(
    const call& from, const attempt_failure& failure, time_point now
) {
    const auto asked = asked_delay(failure);
    if (asked > policy.retry.longest_server_delay) {
        told_until = std::max(told_until, now + asked);
        return breaker.open_until(told_until);
    }
    if (from.number_ >= throttles_from) {
        ++throttles_in_a_row;
        throttles_from = next_number;
    }
    // Others have been told the same time, hence the scatter.
    const auto span = asked.count() > 0 ? asked + delays.scatter(policy.retry.throttled_base)
                                        : delays.after(throttles_in_a_row, true);
    cooling_until = std::max(cooling_until, now + span);
    // Those who wait for a slot do not know yet that they have to wait for a time as well.
    line.for_each([](waiter& one) { one.wake.ring(); });
}

result<clock::duration> governor::implementation::decide(
    call& from, const attempt_failure& failure, time_point now
) {
    if (!is_retryable(failure)) return failure.why;
    const auto asked = asked_delay(failure);
    if (asked > policy.retry.longest_server_delay)
        return error{
            errc::rate_limited,
            failure.why.context + "; the server asks to wait until " + date(now + asked, now) +
                " (" + std::to_string(asked.count() / 1000) + " s), longer than riva waits"
        };
    const bool broke_off = failure.status >= 200 && failure.status < 300;
    const bool spent = broke_off ? ++from.restarts_ > policy.retry.stream_restarts
                                 : ++from.failures_ >= policy.retry.attempts;
    std::string tried;
    if (from.attempts_ > 1) tried = " (after " + std::to_string(from.attempts_) + " attempts)";
    if (spent) return with(failure.why, tried);
    if (breaker.locked()) return with(failure.why, tried);
    if (breaker.refuses(now))
        return with(
            failure.why,
            tried + "; not repeated before " + date(breaker.opens_at(), now) +
                ", because requests to it keep failing"
        );
    const bool throttle = kind_of(failure) == failure_kind::throttled;
    const auto own = now + delays.after(from.failures_ + from.restarts_, throttle);
    const auto next = std::max({own, now + asked, cooling_until});
    if (next >= from.by_.when())
        return with(failure.why, tried + "; the deadline leaves no time for another attempt");
    const auto cost = budget.pay(throttle, retrying, in_flight + retrying);
    if (!cost)
        return with(failure.why, tried + "; not repeated, because too many requests to it fail");
    from.last_cost_ = *cost;
    from.retrying_ = true;
    ++retrying;
    from.not_before_ = next;
    return next - now;
}

std::string governor::implementation::date(time_point when, time_point now) const {
    return utc(
        time.wall_now() + std::chrono::duration_cast<clock::wall_time::duration>(when - now)
    );
}

error governor::implementation::refusal(time_point now) const {
    if (breaker.locked())
        return with(last_failure, "; not asked again until the configuration changes");
    const std::string when = date(breaker.opens_at(), now);
    if (now < told_until)
        return error{
            errc::rate_limited,
            who + " has asked not to be asked before " + when + "; wait, or use another model"
        };
    return error{
        errc::endpoint_resting,
        who + " is not asked before " + when +
            ", because requests to it keep failing; the last said: " + last_failure.context
    };
}

error governor::implementation::no_time_left() const {
    return {
        errc::total_timed_out,
        "the deadline passed while waiting to ask " + who + ", with " + std::to_string(in_flight) +
            " requests under way and " + std::to_string(line.size()) + " waiting"
    };
}

error governor::implementation::line_is_full() const {
    return {
        errc::queue_full,
        std::to_string(policy.queue) + " calls of this run wait already to ask " + who +
            "; run fewer at once"
    };
}

governor_state governor::implementation::describe() const {
    const auto now = time.now();
    const auto on_the_wall = [&](time_point when) {
        return time.wall_now() + std::chrono::duration_cast<clock::wall_time::duration>(when - now);
    };
    governor_state s;
    if (breaker.locked()) {
        s.breaker = breaker_state::locked;
    } else if (breaker.half_open()) {
        s.breaker = breaker_state::half_open;
    } else if (!breaker.closed()) {
        s.breaker = breaker_state::open;
        s.opens_at = on_the_wall(breaker.opens_at());
    }
    if (cooling_until > now) s.cooling_until = on_the_wall(cooling_until);
    s.width = width.width();
    s.in_flight = in_flight;
    s.waiting = line.size();
    s.retries = retrying;
    s.budget = budget.tokens();
    s.trips = breaker.trips();
    s.sent = next_number - 1;
    s.repeated = repeated;
    s.throttled = throttled;
    s.hedged = hedged;
    return s;
}

}  // namespace riva::llm
