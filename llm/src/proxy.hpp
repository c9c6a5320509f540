#pragma once

#include <riva/llm/http_client.hpp>
#include <riva/llm/proxy_settings.hpp>
#include <riva/runtime/error.hpp>

#include <optional>
#include <string>

namespace riva::llm {

/// A proxy that is talked to in plain HTTP.
struct http_proxy {
    http_origin at;
    std::string authorization;  ///< value of Proxy-Authorization; empty: none
};

/// The proxy for requests to an origin, or nothing when they go there directly.
/// Errors: invalid_spec: the setting is no URL of a proxy. The sentence does not show it, as it may
/// hold a password.
result<std::optional<http_proxy>> proxy_for(
    const http_origin& origin, const proxy_settings& settings
);

}  // namespace riva::llm
