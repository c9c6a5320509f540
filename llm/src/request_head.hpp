#pragma once

#include <riva/llm/http_client.hpp>

#include <string>

namespace riva::llm {

struct http_proxy;

/// The request line and header of a request. Nothing in it can end a line early. `proxy` is whom
/// the request goes to instead of its origin; of TLS, it sees none, so it is not named to it.
/// Errors: `errc::bad_request` for a method, target, host or field that HTTP cannot carry.
result<std::string> request_head(const http_request& request, const http_proxy* proxy = nullptr);

}  // namespace riva::llm
