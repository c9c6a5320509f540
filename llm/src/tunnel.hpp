#pragma once

#include "connection.hpp"
#include "proxy.hpp"

namespace riva::llm {

/// Asks the proxy at the other end to connect to an origin (CONNECT, RFC 9110 section 9.3.6).
/// Afterwards the bytes of the connection are the origin's.
/// Errors: connect_failed when the proxy refuses, http_malformed, http_limit, connection_lost, or
/// the patience's. Cancellation: as of `connection`. Lifetime: everything by reference until this
/// returns.
asio::awaitable<result<void>> open_tunnel(
    connection& link, const http_proxy& through, const http_origin& to, patience wait
);

}  // namespace riva::llm
