#pragma once

#include "scripted/question.hpp"

#include <string_view>

namespace riva::llm::scripted {

/// Reads the body of a Chat Completions request as strictly as the real server does: every member
/// is known, of the right type and in range. The refusal names the member that is not.
answered<question> check_chat_request(std::string_view body);

}  // namespace riva::llm::scripted
