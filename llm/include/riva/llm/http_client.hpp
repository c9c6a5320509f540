#pragma once

#include <riva/llm/proxy_settings.hpp>
#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/deadline.hpp>
#include <riva/runtime/error.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace riva::llm {

struct http_limits {
    std::chrono::milliseconds connect{5'000};  ///< name look-up and TCP together
    std::chrono::milliseconds tls{10'000};
    std::chrono::milliseconds header{60'000};  ///< from the request sent to the response header
    std::chrono::milliseconds idle{60'000};    ///< between two pieces of the body
    std::size_t header_bytes = std::size_t{16} * 1024;
    std::size_t header_fields = 100;
    std::size_t body_bytes = 64u << 20;
    std::size_t idle_connections = 8;  ///< kept per origin
};

/// `scheme://host[:port]` and the path, taken apart and checked.
struct http_origin {
    bool tls = true;
    std::string host;
    std::string port;
    friend bool operator==(const http_origin&, const http_origin&) = default;
    friend auto operator<=>(const http_origin&, const http_origin&) = default;
};

struct http_request {
    http_origin origin;
    std::string method = "POST";
    std::string target = "/";
    std::vector<std::pair<std::string, std::string>>
        headers;  ///< Host, Content-Length and Connection are added
    std::string body;
};

/// The header of a response, and its body piece by piece. Dropping it before the end closes the
/// connection.
class http_response {
public:
    http_response(http_response&&) noexcept;
    http_response& operator=(http_response&&) noexcept;
    ~http_response();

    unsigned status() const;
    /// Value of the first field of that name, compared without case; empty if there is none.
    std::string_view header(std::string_view name) const;
    /// Frees the header, for a body that takes long; `header` finds nothing any more.
    void drop_header();

    /// The next bytes of the body, valid until the next call; empty at its end, when the connection
    /// goes back to the pool. Errors: connection_lost, idle_timed_out, http_malformed, http_limit.
    /// Cancellation: terminal.
    asio::awaitable<result<std::string_view>> read(deadline by);

    /// `read` in two steps, for many streams at once: what `read` returns when it need not wait,
    /// and nothing when it would have to; then `wait` and ask again.
    std::optional<result<std::string_view>> read_now();
    /// Cancellation: terminal.
    asio::awaitable<void> wait(deadline by);

private:
    friend class http_client;
    struct state;
    explicit http_response(std::unique_ptr<state> s);
    std::unique_ptr<state> state_;
};

/// HTTP/1.1 over TCP or TLS, with a pool of kept-alive connections per origin. TLS 1.2 or newer,
/// certificate and host name are always verified. Redirects are not followed. A connection that the
/// server closed while it was idle is replaced once by itself.
///
/// Thread safety: none; call on one serial executor.
class http_client {
public:
    /// `ca_file` is trusted in addition to the system's certificates; empty: none.
    explicit http_client(
        http_limits limits = {}, std::string ca_file = {}, proxy_settings proxies = {}
    );
    ~http_client();
    http_client(http_client&&) noexcept;
    http_client& operator=(http_client&&) noexcept;

    /// Sends a request and waits for the response header.
    /// Errors: invalid_spec (of the proxy), connect_failed, connect_timed_out, tls_refused,
    /// header_timed_out, connection_lost, http_malformed, http_limit, total_timed_out (`by`
    /// passed). Cancellation: terminal; closes the connection.
    asio::awaitable<result<http_response>> send(http_request request, deadline by);

    /// The same, for many requests at once: `make` is called when there is a connection to the
    /// origin, and a second time when that turns out to be closed, so that a request takes no room
    /// while it waits. Lifetime: everything by reference until this returns.
    asio::awaitable<result<http_response>> send(
        const http_origin& origin, const std::function<http_request()>& make, deadline by
    );

private:
    struct state;
    std::shared_ptr<state> state_;
};

/// Takes `http://host:port/path` apart: origin, and path without a trailing `/`.
/// Errors: `errc::invalid_spec`.
result<std::pair<http_origin, std::string>> parse_base_url(std::string_view url);

}  // namespace riva::llm
