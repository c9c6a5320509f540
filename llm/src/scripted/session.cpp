#include "scripted/session.hpp"

#include "scripted/call_reader.hpp"

#include <riva/runtime/error.hpp>
#include <riva/runtime/with_deadline.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <chrono>

namespace riva::llm::scripted {

using asio::ip::tcp;

namespace {

constexpr std::chrono::seconds longest_farewell{2};

auto into(error_code& failed) {
    return asio::redirect_error(asio::use_awaitable, failed);
}

void unwind_if_cancelled(const error_code& failed) {
    if (failed == asio::error::operation_aborted) throw boost::system::system_error(failed);
}

asio::awaitable<void> wait_for_input(tcp::socket& socket) {
    error_code failed;
    co_await socket.async_wait(tcp::socket::wait_read, into(failed));
    unwind_if_cancelled(failed);
}

bool peer_has_closed(tcp::socket& socket) {
    char byte = 0;
    error_code failed;
    const std::size_t received =
        socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, failed);
    return received == 0 && failed != asio::error::would_block;
}

// False when the client has gone in the meantime.
asio::awaitable<bool> pause(tcp::socket& socket, std::chrono::nanoseconds span) {
    const auto by = deadline::in(span);
    const bool input = co_await with_deadline(wait_for_input(socket), by);
    if (!input) co_return true;
    if (peer_has_closed(socket)) co_return false;
    co_await sleep_for(by.remaining());  // it is the next request, which has to wait
    co_return true;
}

asio::awaitable<void> discard_input(tcp::socket& socket) {
    std::array<char, 4096> bytes;
    error_code failed;
    while (!failed) co_await socket.async_read_some(asio::buffer(bytes), into(failed));
    unwind_if_cancelled(failed);
}

// Closing a socket with unread input resets it, and the client might lose the response.
asio::awaitable<void> say_farewell(tcp::socket& socket) {
    error_code failed;
    socket.shutdown(tcp::socket::shutdown_send, failed);
    if (!failed) co_await with_deadline(discard_input(socket), deadline::in(longest_farewell));
}

void reset(tcp::socket& socket) {
    error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
}

asio::awaitable<bool> write_bytes(
    tcp::socket& socket, std::string_view bytes, const transmission& form
) {
    if (!form.one_byte_writes) co_return co_await write_all(socket, bytes);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        if (form.byte_wait.count() > 0 && !co_await pause(socket, form.byte_wait)) co_return false;
        if (!co_await write_all(socket, bytes.substr(at, 1))) co_return false;
    }
    co_return true;
}

asio::awaitable<bool> write_pieces(
    tcp::socket& socket, const std::vector<piece>& pieces, const transmission& form
) {
    for (const piece& p : pieces) {
        if (p.delay.count() > 0 && !co_await pause(socket, p.delay)) co_return false;
        if (!co_await write_bytes(socket, p.bytes, form)) co_return false;
    }
    co_return true;
}

// True when the connection can carry another request.
asio::awaitable<bool> transmit(tcp::socket& socket, const transmission& form) {
    if (!co_await write_pieces(socket, form.pieces, form)) co_return false;
    while (!form.repeated.empty())
        if (!co_await write_pieces(socket, form.repeated, form)) co_return false;
    switch (form.end) {
        case ending::keep_alive: co_return true;
        case ending::close: co_await say_farewell(socket); break;
        case ending::reset: reset(socket); break;
        case ending::stall: co_await discard_input(socket); break;
    }
    co_return false;
}

asio::awaitable<bool> transmit_stream(
    tcp::socket& socket, const transmission& form, request_log& log
) {
    const auto open = log.stream();
    co_return co_await transmit(socket, form);
}

}  // namespace

asio::awaitable<void> serve_connection(
    std::shared_ptr<service> service, std::shared_ptr<tcp::socket> socket
) {
    const auto open = service->log().connection();
    error_code ignored;
    socket->set_option(tcp::no_delay(true), ignored);
    socket->non_blocking(true, ignored);
    boost::beast::flat_buffer buffer;
    for (bool again = true; again;) {
        const auto call = co_await read_call(*socket, buffer);
        if (!call) co_return;
        const transmission form = service->respond(*call);
        again = form.stream ? co_await transmit_stream(*socket, form, service->log())
                            : co_await transmit(*socket, form);
    }
    socket->close(ignored);
}

}  // namespace riva::llm::scripted
