#pragma once

#include "dialect/dialect.hpp"
#include "transport.hpp"

#include <riva/llm/http_client.hpp>

#include <chrono>
#include <string>

namespace riva::llm {

/// Where requests go, and as whom.
struct endpoint {
    const dialect& format;
    const profile& server;
    http_origin origin;
    std::string path;  ///< of the base URL
    std::string model;
    answerer said_by;
    std::string provider;  ///< whose turns may be sent back unchanged
    std::string key;       ///< empty: none
    std::chrono::milliseconds longest_pause{300'000};  ///< without anything new of the model's
};

/// Carries requests over HTTP. An answer may come as a stream or whole, whatever was asked for.
class http_transport final : public transport {
public:
    http_transport(endpoint to, http_client client)
        : to_(std::move(to)), client_(std::move(client)) {}

    asio::awaitable<attempt> send(
        const chat_request& request, const stream_observer& observer, deadline by
    ) override;

    const endpoint& to() const { return to_; }

private:
    endpoint to_;
    http_client client_;
};

}  // namespace riva::llm
