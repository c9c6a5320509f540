#include <riva/llm/governor.hpp>

#include "governor_implementation.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace riva::llm {

using guard_lock = std::lock_guard<std::mutex>;

std::string_view to_string(breaker_state s) {
    switch (s) {
        case breaker_state::closed: return "closed";
        case breaker_state::open: return "open";
        case breaker_state::half_open: return "half_open";
        case breaker_state::locked: return "locked";
    }
    return "closed";
}

governor::governor(std::string who, governor_policy policy, clock& time)
    : impl_(std::make_unique<implementation>(std::move(who), policy, time)) {}

governor::~governor() = default;

std::uint64_t governor::new_run() {
    const guard_lock held(impl_->guard);
    return ++impl_->runs;
}

clock& governor::time() const {
    return impl_->time;
}

governor_state governor::state() const {
    const guard_lock held(impl_->guard);
    return impl_->describe();
}

std::optional<clock::duration> governor::first_token_p95() const {
    const guard_lock held(impl_->guard);
    return impl_->first_tokens.p95();
}

std::optional<clock::duration> governor::plan_hedge() {
    const guard_lock held(impl_->guard);
    impl_->hedges.earn();
    const auto late = impl_->first_tokens.p95();
    if (!late) return std::nullopt;
    return std::max<clock::duration>(*late, impl_->policy.hedge.least_delay);
}

bool governor::take_hedge() {
    const guard_lock held(impl_->guard);
    if (!impl_->healthy() || !impl_->hedges.pay()) return false;
    ++impl_->hedged;
    return true;
}

bool governor::healthy() const {
    const guard_lock held(impl_->guard);
    return impl_->healthy();
}

void governor::configuration_changed() {
    const guard_lock held(impl_->guard);
    impl_->breaker.unlock();
}

governor::call::call(governor& by_whom, std::uint64_t run, deadline by)
    : in_(*by_whom.impl_), run_(run), by_(by) {}

governor::call::~call() {
    if (!in_flight_ && !retrying_) return;
    const guard_lock held(in_.guard);
    if (probe_) in_.breaker.abandon();
    in_.release(*this);
    in_.move_up(in_.time.now());
}

bool governor::call::try_admit() {
    const guard_lock held(in_.guard);
    const auto now = in_.time.now();
    return now < by_.when() && in_.line.empty() && in_.try_grant(*this, now);
}

asio::awaitable<result<void>> governor::call::admit() {
    if (try_admit()) co_return result<void>();
    if (not_before_ > in_.time.now())
        co_await in_.time.sleep_until(std::min(not_before_, by_.when()));
    co_return co_await wait_in_line();
}

asio::awaitable<result<void>> governor::call::wait_in_line() {
    waiter me(*this, in_.time, co_await asio::this_coro::executor);
    {
        const guard_lock held(in_.guard);
        const auto now = in_.time.now();
        if (now >= by_.when()) co_return in_.no_time_left();
        if (in_.breaker.refuses(now)) co_return in_.refusal(now);
        if (in_.line.empty() && in_.try_grant(*this, now)) co_return result<void>();
        if (in_.line.size(run_) >= in_.policy.queue) co_return in_.line_is_full();
        in_.line.push(run_, me);
    }
    const implementation::place here(in_, run_, me);
    for (;;) {
        co_await me.wake.wait_until(std::min(by_.when(), in_.next_move()));
        const guard_lock held(in_.guard);
        const auto now = in_.time.now();
        if (me.now == waiter::stage::waiting && now < by_.when()) in_.move_up(now);
        if (me.now == waiter::stage::granted) {
            me.now = waiter::stage::taken;
            co_return result<void>();
        }
        if (me.now == waiter::stage::refused) co_return in_.refusal(now);
        if (now >= by_.when()) co_return in_.no_time_left();
    }
}

deadline governor::call::attempt_by() const {
    return attempt_by_;
}

void governor::call::served(std::optional<clock::duration> first_token) {
    const guard_lock held(in_.guard);
    const auto now = in_.time.now();
    in_.width.succeeded(now, in_.in_flight);
    in_.breaker.succeeded(now, probe_);
    in_.budget.refund(last_cost_);
    in_.throttles_in_a_row = 0;
    if (first_token) in_.first_tokens.add(*first_token);
    in_.release(*this);
    in_.move_up(now);
}

result<clock::duration> governor::call::failed(const attempt_failure& failure) {
    const guard_lock held(in_.guard);
    const auto now = in_.time.now();
    in_.learn(*this, failure, now);
    in_.release(*this);
    auto next = in_.decide(*this, failure, now);
    in_.move_up(now);
    return next;
}

}  // namespace riva::llm
