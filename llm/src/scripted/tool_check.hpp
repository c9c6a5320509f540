#pragma once

#include "scripted/object_reader.hpp"
#include "scripted/question.hpp"

#include <optional>
#include <string_view>

namespace riva::llm::scripted {

/// 1 to `longest` letters, digits, `_` and `-`.
bool is_plain_name(std::string_view name, std::size_t longest = 64);

/// Reads what OpenAI's dialects say about a function: `name`, `description`, `parameters` and
/// `strict`, and adds it to the tools of the question. A strict schema must be closed.
std::optional<request_refusal> check_function(object_reader function, question& asked);

/// Reads `tool_choice` and `parallel_tool_calls` of OpenAI's dialects. `nested`: the name of the
/// function stands in a member `function`, as in Chat Completions.
std::optional<request_refusal> check_choice(object_reader& request, bool nested, question& asked);

}  // namespace riva::llm::scripted
