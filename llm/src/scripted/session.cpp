#include "scripted/session.hpp"

#include <riva/runtime/error.hpp>
#include <riva/runtime/with_deadline.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <chrono>
#include <optional>

namespace riva::llm::scripted {

namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

constexpr std::uint64_t most_body_bytes = 64u << 20;
constexpr std::uint32_t most_header_bytes = 64u << 10;
constexpr std::chrono::seconds longest_farewell{2};

auto into(error_code& failed) {
    return asio::redirect_error(asio::use_awaitable, failed);
}

void unwind_if_cancelled(const error_code& failed) {
    if (failed == asio::error::operation_aborted) throw boost::system::system_error(failed);
}

asio::awaitable<bool> write(tcp::socket& socket, std::string_view bytes) {
    error_code failed;
    co_await asio::async_write(socket, asio::buffer(bytes.data(), bytes.size()), into(failed));
    unwind_if_cancelled(failed);
    co_return !failed;
}

request_refusal refusal(unsigned status, std::string message) {
    return {status, std::move(message), "", ""};
}

// Nothing more to answer on this connection: none. Input that is no HTTP request: a malformed call.
std::optional<http_call> refused_input(const error_code& failed) {
    http_call call;
    call.client.keep_alive = false;
    if (failed == http::error::body_limit)
        call.malformed = refusal(413, "The request is larger than 64 MiB.");
    else if (failed == http::error::header_limit)
        call.malformed = refusal(431, "The header of the request is larger than 64 KiB.");
    else if (failed.category() == make_error_code(http::error::bad_method).category() &&
             failed != http::error::end_of_stream && failed != http::error::partial_message)
        call.malformed = refusal(400, "The request is not HTTP: " + failed.message() + ".");
    else
        return std::nullopt;
    return call;
}

asio::awaitable<std::optional<http_call>> read_call(
    tcp::socket& socket, boost::beast::flat_buffer& buffer
) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(most_body_bytes);
    parser.header_limit(most_header_bytes);
    error_code failed;
    co_await http::async_read_header(socket, buffer, parser, into(failed));
    if (!failed && boost::beast::iequals(parser.get()[http::field::expect], "100-continue"))
        co_await write(socket, "HTTP/1.1 100 Continue\r\n\r\n");
    if (!failed) co_await http::async_read(socket, buffer, parser, into(failed));
    unwind_if_cancelled(failed);
    if (failed) co_return refused_input(failed);

    http_call call;
    auto& request = parser.get();
    call.method = std::string(request.method_string());
    call.target = std::string(request.target());
    for (const auto& field : request) {
        std::string name(field.name_string());
        for (char& c : name)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        call.headers.emplace_back(std::move(name), std::string(field.value()));
    }
    call.client.keep_alive = request.keep_alive();
    call.client.chunks = request.version() >= 11;
    call.client.head_only = request.method() == http::verb::head;
    call.body = std::move(request.body());
    co_return call;
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

asio::awaitable<bool> write_pieces(tcp::socket& socket, const transmission& form) {
    for (const piece& p : form.pieces) {
        if (p.delay.count() > 0 && !co_await pause(socket, p.delay)) co_return false;
        const std::size_t step = form.one_byte_writes ? 1 : p.bytes.size();
        for (std::size_t at = 0; at < p.bytes.size(); at += step)
            if (!co_await write(socket, std::string_view(p.bytes).substr(at, step)))
                co_return false;
    }
    co_return true;
}

// True when the connection can carry another request.
asio::awaitable<bool> transmit(tcp::socket& socket, const transmission& form) {
    if (!co_await write_pieces(socket, form)) co_return false;
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
