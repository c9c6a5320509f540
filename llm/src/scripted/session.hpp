#pragma once

#include "scripted/service.hpp"

#include <riva/runtime/awaitable.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <memory>

namespace riva::llm::scripted {

/// Answers the requests of one connection until either side closes it.
/// Cancellation: terminal; the socket is left to its owner.
asio::awaitable<void> serve_connection(
    std::shared_ptr<service> service, std::shared_ptr<asio::ip::tcp::socket> socket
);

}  // namespace riva::llm::scripted
