#include "circuit_breaker.hpp"

#include <algorithm>

namespace riva::llm {
namespace {

std::int64_t second_of(clock::time_point when) {
    return std::chrono::floor<std::chrono::seconds>(when.time_since_epoch()).count();
}

}  // namespace

circuit_breaker::second& circuit_breaker::current(time_point now) {
    const std::int64_t number = second_of(now);
    second& slot = window_.at(static_cast<std::size_t>(number) % longest_window);
    if (slot.number != number) slot = {number, 0, 0};
    return slot;
}

bool circuit_breaker::too_many_failures(time_point now) const {
    if (in_a_row_ >= policy_.consecutive) return true;
    const auto length =
        std::min<std::int64_t>(policy_.window.count(), std::int64_t{longest_window});
    const std::int64_t oldest = second_of(now) - length + 1;
    int requests = 0, failures = 0;
    for (const second& each : window_) {
        if (each.number < oldest) continue;
        requests += each.requests;
        failures += each.failures;
    }
    return requests >= policy_.window_requests && failures >= policy_.window_share * requests;
}

circuit_breaker::admission circuit_breaker::ask(time_point now) {
    if (state_ == state::closed) return admission::granted;
    if (state_ == state::open && now >= until_) {
        state_ = state::half_open;
        in_a_row_ = 0;
        probing_ = false;
    }
    if (refuses(now)) return admission::refused;
    if (probing_) return admission::wait;
    probing_ = true;
    return admission::probe;
}

void circuit_breaker::succeeded(time_point now, bool probe) {
    if (state_ == state::closed) {
        in_a_row_ = 0;
        ++current(now).requests;
        return;
    }
    if (!probe || state_ != state::half_open) return;
    probing_ = false;
    if (++in_a_row_ >= policy_.successes) close(now);
}

void circuit_breaker::failed(time_point now, bool probe) {
    if (state_ == state::closed) {
        ++in_a_row_;
        second& slot = current(now);
        ++slot.requests;
        ++slot.failures;
        if (too_many_failures(now)) trip(now);
        return;
    }
    if (!probe || state_ != state::half_open) return;
    probing_ = false;
    rest(now);
}

void circuit_breaker::trip(time_point now) {
    const bool soon = closed_at_ != time_point::min() && now - closed_at_ < 2 * open_for_;
    doublings_ = soon ? doublings_ + 1 : 0;
    ++trips_;
    rest(now);
}

void circuit_breaker::rest(time_point now) {
    auto span = policy_.open;
    for (int i = 0; i < doublings_ && span < policy_.longest_open; ++i) span *= 2;
    span = std::min(span, policy_.longest_open);
    const std::chrono::duration<double, std::milli> exact =
        span * (1 + policy_.jitter * random_.share());
    open_for_ = std::chrono::duration_cast<clock::duration>(exact);
    state_ = state::open;
    until_ = now + open_for_;
}

void circuit_breaker::close(time_point now) {
    state_ = state::closed;
    closed_at_ = now;
    in_a_row_ = 0;
    window_.fill({});
}

void circuit_breaker::open_until(time_point when) {
    if (state_ == state::locked) return;
    if (state_ == state::closed) ++trips_;
    until_ = state_ == state::open ? std::max(until_, when) : when;
    state_ = state::open;
    probing_ = false;
}

void circuit_breaker::lock() {
    if (state_ == state::closed) ++trips_;
    state_ = state::locked;
    probing_ = false;
}

void circuit_breaker::unlock() {
    if (state_ != state::locked) return;
    state_ = state::closed;
    in_a_row_ = 0;
    window_.fill({});
}

}  // namespace riva::llm
