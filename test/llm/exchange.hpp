#pragma once

#include <riva/llm/http_client.hpp>

#include <cstdint>
#include <string>

namespace riva::test {

/// A whole response.
struct exchanged {
    unsigned status = 0;
    std::string body;
    friend bool operator==(const exchanged&, const exchanged&) = default;
};

/// A POST of `{}` to the loopback address.
llm::http_request post_to(std::uint16_t port);
/// The same over TLS, to a host by name.
llm::http_request post_to(std::uint16_t port, std::string host);

/// Sends a request and reads its response to the end. Lifetime: `client` until this returns.
asio::awaitable<result<exchanged>> exchange(
    llm::http_client& client, llm::http_request request, deadline by
);

/// The same with a client of its own; blocks.
result<exchanged> exchange_once(
    llm::http_request request,
    llm::http_limits limits = {},
    deadline by = deadline::never(),
    std::string ca_file = {}
);

}  // namespace riva::test
