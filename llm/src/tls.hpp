#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/error.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <memory>
#include <string>

namespace riva::llm {

/// What TLS connections of one client share: whom to trust, TLS 1.2 or newer.
class tls_context {
public:
    /// Trusts the system's certificates, and those in `ca_file` unless it is empty.
    /// Errors: `errc::tls_refused` when a file cannot be read.
    static result<std::unique_ptr<tls_context>> make(const std::string& ca_file);

    asio::ssl::context& native() { return context_; }

private:
    tls_context();

    asio::ssl::context context_;
};

/// The TLS side of a connection: verifies the certificate and its name, and remembers why it was
/// refused.
class tls_session {
public:
    using stream = asio::ssl::stream<asio::ip::tcp::socket&>;

    tls_session(asio::ip::tcp::socket& socket, tls_context& context, std::string host);
    tls_session(const tls_session&) = delete;
    tls_session& operator=(const tls_session&) = delete;

    stream& native() { return stream_; }

    /// Why a handshake with that outcome failed, for a person.
    std::string explain(const error_code& failure) const;

private:
    bool verify(bool trusted, asio::ssl::verify_context& context);

    stream stream_;
    std::string host_;
    std::string refusal_;
};

}  // namespace riva::llm
