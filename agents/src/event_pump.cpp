#include "event_pump.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace riva::agents {

void event_pump::push(events::body body) {
    waiting_.push_back(std::move(body));
    wake_.cancel();
}

void event_pump::close() {
    closed_ = true;
    wake_.cancel();
}

asio::awaitable<void> event_pump::run(run_context& context) {
    while (true) {
        while (!waiting_.empty()) {
            events::body next = std::move(waiting_.front());
            waiting_.pop_front();
            co_await context.emit(std::move(next));
        }
        if (closed_) co_return;
        wake_.expires_at(asio::steady_timer::time_point::max());
        co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

}  // namespace riva::agents
