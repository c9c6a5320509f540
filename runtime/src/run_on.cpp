#include <riva/runtime/run_on.hpp>

#include "completion.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/this_coro.hpp>

namespace riva {

asio::awaitable<void> run_on(
    asio::any_io_executor where, std::function<asio::awaitable<void>()> work
) {
    const asio::any_io_executor home =
        asio::prefer(co_await asio::this_coro::executor, asio::execution::outstanding_work.tracked);
    // Emitted on `where` only: a signal must not fire while its coroutine runs on another thread.
    const auto signal = std::make_shared<asio::cancellation_signal>();
    bool cancelled = false;
    co_await suspend([&](resume_function done, asio::cancellation_slot slot) {
        if (slot.is_connected())
            slot.assign([where, signal, &cancelled](asio::cancellation_type type) {
                cancelled |=
                    (type & asio::cancellation_type::terminal) != asio::cancellation_type::none;
                asio::post(where, [signal, type] { signal->emit(type); });
            });
        asio::post(where, [where, home, signal, &work, done = std::move(done)]() mutable {
            asio::co_spawn(
                where,
                work(),
                asio::bind_cancellation_slot(
                    signal->slot(),
                    [home, signal, done = std::move(done)](std::exception_ptr e) {
                        asio::post(home, [done, e] { done(e); });
                    }
                )
            );
        });
    });
    if (cancelled) std::rethrow_exception(operation_aborted());
}

}  // namespace riva
