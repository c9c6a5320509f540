#pragma once

#include "scripted/question.hpp"

#include <boost/json/object.hpp>

#include <string_view>

namespace riva::llm::scripted {

/// The body of a request in one of OpenAI's dialects: one JSON object, and nothing after it.
answered<boost::json::object> read_openai_body(std::string_view body);

}  // namespace riva::llm::scripted
