#pragma once

#include <string_view>

namespace riva::llm {

/// Whether a host, by name or address, is this machine.
bool is_loopback(std::string_view host);

/// Whether a base URL is that of a server on this machine.
bool is_on_loopback(std::string_view base_url);

}  // namespace riva::llm
