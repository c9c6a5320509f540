#include "ask_terminal.hpp"

#include "terminal_text.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace riva::cli {
namespace {

bool at_a_terminal() {
    return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

asio::awaitable<bool> ask(std::string prompt) {
    if (!at_a_terminal()) co_return false;
    std::fprintf(stderr, "%s [y/N] ", prompt.c_str());
    std::fflush(stderr);
    asio::posix::stream_descriptor input(co_await asio::this_coro::executor, ::dup(STDIN_FILENO));
    std::string answer;
    co_await asio::async_read_until(
        input, asio::dynamic_buffer(answer, 1024), '\n', asio::as_tuple(asio::use_awaitable)
    );
    co_return answer == "y\n" || answer == "yes\n";
}

}  // namespace

asio::awaitable<bool> ask_terminal::approve_action(
    const intention& of, const action& a, const verify::risk& why
) {
    std::string reasons;
    for (const auto& factor : why.factors) reasons += " " + factor;
    return ask(
        "Part " + of.id + " wants to run: " + printable(summary(a)) + "\nRisk " +
        std::string(to_string(why.level)) + ":" + printable(reasons) + "\nRun it in the sandbox?"
    );
}

asio::awaitable<bool> ask_terminal::approve_decomposition(
    const intention& of, std::span<const intention> parts
) {
    std::string list = "Split " + of.id + " into:\n";
    for (const auto& part : parts) list += "  " + part.id + "  " + first_line(part.what) + "\n";
    return ask(list + "Go on?");
}

}  // namespace riva::cli
