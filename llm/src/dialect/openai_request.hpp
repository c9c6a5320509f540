#pragma once

#include "profile.hpp"

#include <riva/llm/chat.hpp>

#include <string>
#include <string_view>

namespace riva::llm::openai_chat {

/// The body of a request.
std::string encode(const chat_request& request, std::string_view model, const profile& server);

}  // namespace riva::llm::openai_chat
