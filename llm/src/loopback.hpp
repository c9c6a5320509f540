#pragma once

#include <string>
#include <string_view>

namespace riva::llm {

/// Whether a base URL is that of a server on this machine.
bool is_on_loopback(std::string_view base_url);

}  // namespace riva::llm
