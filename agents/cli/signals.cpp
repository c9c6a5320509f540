#include "signals.hpp"

#include <csignal>
#include <cstdio>

namespace riva::cli {

namespace asio = boost::asio;

namespace {

/// As `nohup` wants it.
bool is_ignored(int number) {
    struct sigaction now{};
    return ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

}  // namespace

signals::signals(asio::io_context& io) : set_(io, SIGINT, SIGTERM, SIGPIPE) {
    if (!is_ignored(SIGHUP)) set_.add(SIGHUP);
    wait();
}

signals::~signals() {
    set_.clear();
    // What is printed at the end may meet a closed pipe as well.
    std::signal(SIGPIPE, SIG_IGN);
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
