#include "watchdog.hpp"

#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace riva::llm {

struct watchdog::state : std::enable_shared_from_this<state> {
    state(const asio::any_io_executor& executor, std::function<void()> when_late)
        : timer(executor), bite(std::move(when_late)) {}

    void wait() {
        waiting = true;
        timer.expires_at(due.when());
        timer.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
            if (ec == asio::error::operation_aborted) return;
            if (const auto self = weak.lock()) self->wake();
        });
    }

    void wake() {
        waiting = false;
        if (due == deadline::never()) return;
        if (!due.expired()) return wait();
        bitten = true;
        due = deadline::never();
        bite();
    }

    asio::steady_timer timer;
    std::function<void()> bite;
    deadline due;
    bool waiting = false;
    bool bitten = false;
};

watchdog::watchdog(asio::any_io_executor executor, std::function<void()> bite)
    : state_(std::make_shared<state>(std::move(executor), std::move(bite))) {}

watchdog::~watchdog() {
    off();
}

void watchdog::set(deadline by) {
    state_->bitten = false;
    state_->due = by;
    if (by == deadline::never()) return;
    if (!state_->waiting || by.when() < state_->timer.expiry()) state_->wait();
}

void watchdog::rest() {
    state_->due = deadline::never();
}

void watchdog::off() {
    rest();
    if (state_->waiting) state_->timer.cancel();
    state_->waiting = false;
}

bool watchdog::has_bitten() const {
    return state_->bitten;
}

}  // namespace riva::llm
