#pragma once

#include "connection.hpp"

#include <memory>

namespace riva::llm {

class tls_context;

/// Connects to an origin: looks its name up, tries its addresses of both families one after the
/// other, and sets up TLS when `tls` is not null. Loopback names never go to a name server.
///
/// Errors: connect_failed, connect_timed_out, tls_refused, total_timed_out. Cancellation: at once,
/// also during the look-up. Lifetime:
/// everything by reference until this returns.
asio::awaitable<result<std::unique_ptr<connection>>> dial(
    const http_origin& origin, const http_limits& limits, tls_context* tls, deadline by
);

}  // namespace riva::llm
