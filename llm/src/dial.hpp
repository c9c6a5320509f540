#pragma once

#include "connection.hpp"

#include <memory>

namespace riva::llm {

struct http_proxy;
class tls_context;

/// How to get to an origin.
struct way {
    tls_context* tls = nullptr;         ///< null: plain HTTP
    const http_proxy* proxy = nullptr;  ///< null: directly
};

/// Connects to an origin: looks its name up, or that of the proxy, tries its addresses of both
/// families one after the other, and sets up TLS, through a proxy in a tunnel. Loopback names never
/// go to a name server.
///
/// Errors: connect_failed, connect_timed_out, tls_refused, total_timed_out. Cancellation: at once,
/// also during the look-up. Lifetime: everything by reference until this returns.
asio::awaitable<result<std::unique_ptr<connection>>> dial(
    const http_origin& origin, const http_limits& limits, way there, deadline by
);

}  // namespace riva::llm
