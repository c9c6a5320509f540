#pragma once

#include "scripted/question.hpp"

#include <string>

namespace riva::llm::scripted {

/// What OpenAI's servers say about requests that they refuse, and the error object it is said in.
request_refusal openai_refusal(
    std::string message, std::string param, std::string code = "invalid_value"
);
request_refusal openai_missing(const std::string& param);
/// From what an `object_reader` has found wrong.
request_refusal openai_trouble(const std::string& trouble);

std::string openai_error(const request_refusal& r);

}  // namespace riva::llm::scripted
