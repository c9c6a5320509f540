#pragma once

#include "profile.hpp"

#include <riva/llm/chat.hpp>

#include <string>
#include <string_view>

namespace riva::llm::anthropic {

/// The body of a request to Messages. System messages go to the top; runs of user messages and of
/// tool results, and runs of assistant messages, become one message each; messages that say
/// nothing are left out. A turn that came from `provider` is sent back in its own words.
std::string encode(
    const chat_request& request,
    std::string_view model,
    const profile& server,
    std::string_view provider
);

}  // namespace riva::llm::anthropic
