#include <riva/runtime/offload.hpp>

#include "completion.hpp"

#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/this_coro.hpp>

namespace riva {

asio::awaitable<void> offload(
    asio::any_io_executor pool, std::function<void(std::stop_token)> work
) {
    // Tracked, so that the context of the caller lives until the pool has let go of it: the pool
    // may still be inside post() when the caller has already gone on and ended.
    const asio::any_io_executor home =
        asio::prefer(co_await asio::this_coro::executor, asio::execution::outstanding_work.tracked);
    std::stop_source stop;
    co_await suspend([&](resume_function done, asio::cancellation_slot slot) {
        if (slot.is_connected())
            slot.assign([stop](asio::cancellation_type) mutable { stop.request_stop(); });
        asio::post(pool, [home, stop, work = std::move(work), done = std::move(done)]() mutable {
            std::exception_ptr failure;
            try {
                work(stop.get_token());
            } catch (...) {
                failure = std::current_exception();
            }
            work = nullptr;  // what it holds ends before the caller goes on
            asio::post(home, [failure, done = std::move(done)] { done(failure); });
        });
    });
    if (stop.stop_requested()) std::rethrow_exception(operation_aborted());
}

}  // namespace riva
