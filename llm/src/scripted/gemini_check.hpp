#pragma once

#include "scripted/http_call.hpp"
#include "scripted/question.hpp"

namespace riva::llm::scripted {

/// Takes `/v1beta/models/NAME:METHOD` apart; both empty for any other path.
struct gemini_path {
    std::string_view model;
    std::string_view method;
};
gemini_path gemini_path_of(std::string_view path);

/// Reads a Gemini generateContent request as strictly as the real server does.
answered<question> check_gemini_request(const http_call& call);

}  // namespace riva::llm::scripted
