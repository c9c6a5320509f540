#pragma once

#include "scripted/recorder.hpp"

#include <riva/runtime/awaitable.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <memory>

namespace riva::llm::scripted {

/// Passes the requests of one connection on until either side closes it. An answer is passed back
/// as it arrives, and kept when it was whole.
/// Cancellation: terminal; the socket is left to its owner.
asio::awaitable<void> record_connection(
    std::shared_ptr<recorder> recorder, std::shared_ptr<asio::ip::tcp::socket> socket
);

}  // namespace riva::llm::scripted
