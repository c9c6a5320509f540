#pragma once

#include "scripted/question.hpp"

#include <string_view>

namespace riva::llm::scripted {

/// Reads an Ollama /api/chat request. Members that are not known are passed over, as the real
/// server does; what it knows must be of the right type, and results of tools must follow calls.
answered<question> check_ollama_request(std::string_view body);

}  // namespace riva::llm::scripted
