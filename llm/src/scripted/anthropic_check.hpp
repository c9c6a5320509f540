#pragma once

#include "scripted/http_call.hpp"
#include "scripted/question.hpp"

namespace riva::llm::scripted {

/// The first version of the Messages API that takes no sampling parameters.
constexpr std::string_view anthropic_without_sampling = "2026-10-21";

/// Reads an Anthropic Messages request, or one for the count of its tokens, as strictly as the
/// real server does at the version that the request names.
answered<question> check_anthropic_request(const http_call& call, bool only_count);

}  // namespace riva::llm::scripted
