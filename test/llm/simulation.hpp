#pragma once

#include <riva/runtime/virtual_clock.hpp>

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

    void run() { clock.run(io); }
    void run_for(virtual_clock::duration span) { clock.run_until(io, clock.now() + span); }
};

}  // namespace riva::test
