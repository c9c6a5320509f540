#include "run.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <thread>
#include <vector>

namespace riva::test {

void run(std::function<asio::awaitable<void>()> body, int threads) {
    asio::io_context io(threads);
    std::exception_ptr failure;
    asio::co_spawn(asio::any_io_executor(asio::make_strand(io)), body(), [&](std::exception_ptr e) {
        failure = e;
    });
    std::vector<std::thread> others;
    for (int i = 1; i < threads; ++i) others.emplace_back([&] { io.run(); });
    io.run();
    for (auto& other : others) other.join();
    if (failure) std::rethrow_exception(failure);
}

bool run_and_cancel_after(std::function<asio::awaitable<void>()> work, std::size_t steps) {
    asio::io_context io(1);
    asio::cancellation_signal signal;
    std::exception_ptr failure;
    bool ended = false;
    asio::co_spawn(
        io.get_executor(),
        work(),
        asio::bind_cancellation_slot(
            signal.slot(),
            [&](std::exception_ptr e) {
                failure = e;
                ended = true;
            }
        )
    );
    for (std::size_t i = 0; i < steps && !ended; ++i) io.run_one();
    if (!ended) signal.emit(asio::cancellation_type::terminal);
    io.run();
    if (!failure) return false;
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& e) {
        if (e.code() != asio::error::operation_aborted) throw;
    }
    return true;
}

}  // namespace riva::test
