#pragma once

#include "certificate.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace riva::test {

/// One connection as its server sees it: exact bytes, blocking. What cannot be sent because the
/// client has gone is dropped. Returning from the handler closes the connection.
class wire {
public:
    struct stream;
    explicit wire(stream& s) : stream_(s) {}

    /// Head and body of the next request; empty when the client has closed.
    std::string request();
    /// What is left to receive up to the end of the connection.
    std::string rest();
    void send(std::string_view bytes);
    /// Reads nothing until the server ends.
    void read_nothing();
    /// Closes with a reset instead of an orderly end.
    void reset();

private:
    stream& stream_;
    std::string received_;
};

/// A server on a thread of its own whose bytes the test controls. Serves one connection after the
/// other; `nth` counts them from 1.
class wire_server {
public:
    using handler = std::function<void(wire& client, int nth)>;

    explicit wire_server(handler serve);
    /// With TLS; a handshake that fails ends the connection before the handler. `version` is
    /// OpenSSL's number of the only version of TLS that is spoken; 0: all that are usual.
    wire_server(handler serve, const certificate& identity, int version = 0);
    /// Ends the connection under way and waits for its handler.
    ~wire_server();
    wire_server(const wire_server&) = delete;
    wire_server& operator=(const wire_server&) = delete;

    std::uint16_t port() const;
    /// Connections accepted so far.
    int connections() const;

private:
    struct state;
    void start();
    std::unique_ptr<state> state_;
};

/// Answers every request of every connection with the next of these responses, the last one for
/// ever; an empty one closes the connection.
wire_server::handler answering(std::vector<std::string> responses);

/// A response with Content-Length; `fields` are lines that end in CRLF.
std::string response(std::string_view status, std::string_view body, std::string_view fields = {});

/// A port of the loopback address where nobody listens.
std::uint16_t closed_port();

/// A port that accepts no further connection, not even into its queue.
class full_listener {
public:
    full_listener();
    ~full_listener();
    std::uint16_t port() const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// Sockets of this process that are connected to a port of the loopback address.
int sockets_to(std::uint16_t port);

}  // namespace riva::test
