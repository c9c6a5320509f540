#pragma once

#include "profile.hpp"

#include <riva/llm/chat.hpp>

#include <string>
#include <string_view>

namespace riva::llm::openai_responses {

/// The body of a request to Responses that leaves nothing behind at the provider: the conversation
/// is sent whole, and reasoning comes back encrypted. System messages become the instructions;
/// messages that say nothing are left out. A turn that came from `provider` is sent back in its own
/// words.
std::string encode(
    const chat_request& request,
    std::string_view model,
    const profile& server,
    std::string_view provider
);

}  // namespace riva::llm::openai_responses
