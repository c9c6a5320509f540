#pragma once

#include "profile.hpp"

#include <riva/llm/chat.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::llm {

// For dialects that take the system's words apart from the conversation.

/// The messages of the conversation: all but the system's. When there are no others, the system's
/// take the user's place, because a model needs something to answer. Lifetime: of the request.
std::vector<const message*> conversation_of(const chat_request& request);

/// What is not in the conversation: the system messages in order, with blank lines between them,
/// and the schema in words for a server that takes none. May be empty.
std::string instructions_of(const chat_request& request, const profile& server);

/// The items of a turn's JSON array, without its brackets, if the turn came from this provider.
/// Nothing: it must be told in our words. Lifetime: of the turn.
std::optional<std::string_view> native_items(const message& turn, std::string_view provider);

}  // namespace riva::llm
