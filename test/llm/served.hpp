#pragma once

#include <riva/llm/scripted_server.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace riva::test {

/// A scripted server that serves on its own thread until this goes away.
class served {
public:
    explicit served(llm::scripted_server server);
    /// From a script, without waits.
    explicit served(std::string_view script);
    ~served();

    std::uint16_t port() const { return port_; }

private:
    struct running;
    std::unique_ptr<running> running_;
    std::uint16_t port_ = 0;
};

/// A response taken apart.
struct raw_response {
    unsigned status = 0;                         ///< 0: the head was not whole
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
    std::vector<std::string> chunks;
    bool complete = false;  ///< the end that the framing promised has come
};

/// A blocking connection that sends and receives exact bytes.
class raw_client {
public:
    explicit raw_client(std::uint16_t port);
    ~raw_client();

    void send(std::string_view bytes);
    /// At most 64 KiB; empty at the end of the connection.
    std::string receive();
    /// Everything up to the end of the connection.
    std::string receive_all();
    /// One response; what follows it stays for the next.
    raw_response response();
    /// The connection ended with a reset.
    bool was_reset() const { return reset_; }
    void close();

private:
    struct socket;
    std::unique_ptr<socket> socket_;
    std::string received_;
    bool reset_ = false;
};

std::string post(std::string_view body, std::string_view path = "/v1/chat/completions");
/// A request of one message; `more` is added to its members, with a comma before it.
std::string ask(std::string_view message, bool stream, std::string_view more = "");

/// Sends one request on a connection of its own.
raw_response fetch(std::uint16_t port, std::string_view request);
std::string get(std::uint16_t port, std::string_view path);

/// The texts of all chunks of a stream, and the data of its events.
std::string streamed_text(const std::string& body);
std::vector<std::string> event_data(const std::string& body);

}  // namespace riva::test
