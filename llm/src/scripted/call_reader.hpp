#pragma once

#include "scripted/http_call.hpp"

#include <riva/runtime/awaitable.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <optional>
#include <string_view>

namespace riva::llm::scripted {

/// The next request of a connection. What is no HTTP is a malformed call; none: there is no more.
/// Lifetime: socket and buffer until this returns. Cancellation: terminal.
asio::awaitable<std::optional<http_call>> read_call(
    asio::ip::tcp::socket& socket, boost::beast::flat_buffer& buffer
);

/// False when the client has gone. Lifetime and cancellation: the same.
asio::awaitable<bool> write_all(asio::ip::tcp::socket& socket, std::string_view bytes);

}  // namespace riva::llm::scripted
