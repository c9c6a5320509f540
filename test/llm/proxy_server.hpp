#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace riva::test {

/// A proxy on a thread of its own that opens tunnels: whatever host a client names, it connects to
/// one port of the loopback address.
class proxy_server {
public:
    explicit proxy_server(std::uint16_t target);
    ~proxy_server();
    proxy_server(const proxy_server&) = delete;
    proxy_server& operator=(const proxy_server&) = delete;

    std::uint16_t port() const;
    /// The heads of the requests so far.
    std::vector<std::string> heads() const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace riva::test
