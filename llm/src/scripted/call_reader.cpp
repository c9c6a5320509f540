#include "scripted/call_reader.hpp"

#include <riva/runtime/error.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/system_error.hpp>

namespace riva::llm::scripted {

namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

constexpr std::uint64_t most_body_bytes = 64u << 20;
constexpr std::uint32_t most_header_bytes = 64u << 10;

auto into(error_code& failed) {
    return asio::redirect_error(asio::use_awaitable, failed);
}

void unwind_if_cancelled(const error_code& failed) {
    if (failed == asio::error::operation_aborted) throw boost::system::system_error(failed);
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

}  // namespace

asio::awaitable<std::optional<http_call>> read_call(
    tcp::socket& socket, boost::beast::flat_buffer& buffer
) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(most_body_bytes);
    parser.header_limit(most_header_bytes);
    error_code failed;
    co_await http::async_read_header(socket, buffer, parser, into(failed));
    if (!failed && boost::beast::iequals(parser.get()[http::field::expect], "100-continue"))
        co_await write_all(socket, "HTTP/1.1 100 Continue\r\n\r\n");
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

asio::awaitable<bool> write_all(tcp::socket& socket, std::string_view bytes) {
    error_code failed;
    co_await asio::async_write(socket, asio::buffer(bytes.data(), bytes.size()), into(failed));
    unwind_if_cancelled(failed);
    co_return !failed;
}

}  // namespace riva::llm::scripted
