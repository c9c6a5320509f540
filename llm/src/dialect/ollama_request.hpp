#pragma once

#include "profile.hpp"

#include <riva/llm/chat.hpp>

#include <string>
#include <string_view>

namespace riva::llm::ollama {

/// The body of a request. The size of the context is always sent (`num_ctx`), because the server's
/// own default is small and it cuts what does not fit without a word.
std::string encode(const chat_request& request, std::string_view model, const profile& server);

}  // namespace riva::llm::ollama
