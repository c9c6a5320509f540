#pragma once

#include <riva/runtime/virtual_clock.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <utility>

namespace riva::test {

/// Coroutines under a virtual clock.
struct simulation {
    virtual_clock clock;
    boost::asio::io_context io{1};

    /// `co_spawn`; what the coroutine throws, `run` throws.
    void start(boost::asio::awaitable<void> work) {
        boost::asio::co_spawn(io, std::move(work), [](std::exception_ptr e) {
            if (e) std::rethrow_exception(e);
        });
    }

    /// Starts `work` and cancels it (terminal) after `span`. Returns whether it has ended then.
    bool cancel_after(boost::asio::awaitable<void> work, virtual_clock::duration span) {
        boost::asio::cancellation_signal stop;
        bool ended = false;
        boost::asio::co_spawn(
            io,
            std::move(work),
            boost::asio::bind_cancellation_slot(
                stop.slot(), [&ended](std::exception_ptr) { ended = true; }
            )
        );
        run_for(span);
        stop.emit(boost::asio::cancellation_type::terminal);
        run_for(virtual_clock::duration::zero());
        return ended;
    }

    void run() { clock.run(io); }
    void run_for(virtual_clock::duration span) { clock.run_until(io, clock.now() + span); }
};

}  // namespace riva::test
