#pragma once

#include <riva/llm/scripted_server.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace riva::test {

/// A scripted model server on a thread of its own, over real loopback HTTP, without waiting times.
class model_server {
public:
    /// Throws if the script cannot be read.
    explicit model_server(std::string_view script);
    explicit model_server(llm::scripted_server server);
    ~model_server();
    model_server(const model_server&) = delete;
    model_server& operator=(const model_server&) = delete;

    /// `openai:test-large@http://127.0.0.1:PORT/v1`
    std::string spec() const;
    std::uint16_t port() const;

    /// Stops serving; afterwards the counts and the journal are final.
    void stop();
    std::uint64_t requests();
    /// The bodies of all requests, one after the other.
    std::string journal();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace riva::test
