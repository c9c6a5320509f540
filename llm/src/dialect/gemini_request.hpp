#pragma once

#include "profile.hpp"

#include <riva/llm/chat.hpp>

#include <string>
#include <string_view>

namespace riva::llm::gemini {

/// The body of a request; turns of `provider` are sent back unchanged.
std::string encode(const chat_request& request, const profile& server, std::string_view provider);

}  // namespace riva::llm::gemini
