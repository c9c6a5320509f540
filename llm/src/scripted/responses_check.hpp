#pragma once

#include "scripted/question.hpp"

#include <string_view>

namespace riva::llm::scripted {

/// Reads the body of an OpenAI Responses request as strictly as the real server does.
answered<question> check_responses_request(std::string_view body);

}  // namespace riva::llm::scripted
