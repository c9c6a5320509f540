#include <riva/verify/trust_budget.hpp>

#include <riva/runtime/offload.hpp>

#include <boost/asio/strand.hpp>

#include <cassert>
#include <utility>

namespace riva::verify {

result<void> trust_in_memory::transact(
    const trust_action&, std::uint64_t, const std::function<void(trust_state&)>& change
) {
    const std::lock_guard lock(mutex_);
    change(state_);
    return {};
}

result<trust_state> trust_in_memory::load() {
    const std::lock_guard lock(mutex_);
    return state_;
}

trust_budget::trust_budget(
    asio::any_io_executor where, trust_store& store, trust_settings settings, coin toss
)
    : strand_(asio::make_strand(where)),
      store_(store),
      settings_(settings),
      toss_(std::move(toss)) {
    assert(!find_fault(settings_));
}

asio::awaitable<trust_decision> trust_budget::decide(trust_action action) {
    trust_decision made;
    co_await offload(strand_, [&](std::stop_token) {
        const std::uint64_t draw = toss_();
        if (settings_.mode == trust_mode::off) {
            trust_state unused;
            made = verify::decide(settings_, unused, action, draw);
            return;
        }
        const auto stored = store_.transact(action, 0, [&](trust_state& state) {
            made = verify::decide(settings_, state, action, draw);
        });
        if (!stored)
            made = {.reason = trust_reason::state_unavailable, .draw = draw, .action = action};
    });
    co_return made;
}

asio::awaitable<result<bool>> trust_budget::report(trust_decision about, verdict outcome) {
    result<bool> taken = false;
    if (about.ticket == 0) co_return taken;
    co_await offload(strand_, [&](std::stop_token) {
        const auto stored = store_.transact(about.action, about.ticket, [&](trust_state& state) {
            taken = verify::report(settings_, state, about.ticket, outcome);
        });
        if (!stored) taken = stored.error();
    });
    co_return taken;
}

asio::awaitable<result<void>> trust_budget::report_escape(trust_action action) {
    result<void> stored;
    co_await offload(strand_, [&](std::stop_token) {
        stored = store_.transact(action, 0, [&](trust_state& state) {
            verify::report_escape(settings_, state, action);
        });
    });
    co_return stored;
}

asio::awaitable<result<trust_description>> trust_budget::describe() {
    result<trust_description> told = trust_description{};
    co_await offload(strand_, [&](std::stop_token) {
        const auto state = store_.load();
        told =
            state ? result<trust_description>(verify::describe(settings_, *state)) : state.error();
    });
    co_return told;
}

}  // namespace riva::verify
