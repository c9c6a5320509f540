#pragma once

#include <riva/runtime/awaitable.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <utility>

namespace riva {

/// Resumes a coroutine that waits in `suspend`. Call once, on the coroutine's executor.
using resume_function = std::function<void(std::exception_ptr)>;

inline std::exception_ptr operation_aborted() {
    return std::make_exception_ptr(boost::system::system_error(asio::error::operation_aborted));
}

inline bool is_operation_aborted(const std::exception_ptr& e) {
    try {
        std::rethrow_exception(e);
    } catch (const boost::system::system_error& error) {
        return error.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

/// Suspends the caller. `start` receives the function that resumes it, and the slot through which
/// its cancellation arrives; the slot may be unconnected.
template <class Start>
asio::awaitable<void> suspend(Start start) {
    return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
        [start = std::move(start)](auto handler) mutable {
            // Shared, because std::function copies what it holds and a handler cannot be copied.
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            asio::cancellation_slot slot = asio::get_associated_cancellation_slot(*shared);
            start(
                resume_function([shared](std::exception_ptr e) { std::move (*shared)(e); }), slot
            );
        },
        asio::use_awaitable
    );
}

}  // namespace riva
