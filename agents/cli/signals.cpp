#include "signals.hpp"

#include <csignal>
#include <cstdio>

namespace riva::cli {

namespace asio = boost::asio;

signals::signals(asio::io_context& io) : set_(io, SIGINT, SIGTERM) {
    wait();
}

void signals::done() {
    set_.cancel();
}

void signals::wait() {
    set_.async_wait([this](boost::system::error_code ec, int number) {
        if (ec) return;
        const bool first = received_ == 0 && number == SIGINT;
        received_ = number;
        if (first)
            std::fputs("riva: stopping at the next safe point; once more to stop now\n", stderr);
        wait();
        signal_.emit(first ? asio::cancellation_type::partial : asio::cancellation_type::terminal);
    });
}

}  // namespace riva::cli
