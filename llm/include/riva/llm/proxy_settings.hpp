#pragma once

#include <riva/llm/provider_environment.hpp>

#include <string>

namespace riva::llm {

/// Through which proxies requests go. Requests to this machine itself always go directly.
struct proxy_settings {
    std::string http;   ///< for plain HTTP: `http://[USER:PASSWORD@]HOST[:PORT]`; empty: none
    std::string https;  ///< for HTTPS, through a tunnel; the same form
    /// Where requests go directly: host names, each with all names below it, addresses, and
    /// networks such as `10.0.0.0/8`, with or without a port, separated by commas; `*` is
    /// everywhere.
    std::string exceptions;
};

/// Reads `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, each also in capitals, as curl
/// does: small letters win, and HTTP_PROXY counts only outside of CGI, where a client could set it
/// by a header. The values are not checked.
proxy_settings proxies_in_environment(const variable_lookup& variable);

}  // namespace riva::llm
