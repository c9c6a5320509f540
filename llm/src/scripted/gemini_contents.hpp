#pragma once

#include "scripted/question.hpp"

#include <boost/json/fwd.hpp>

#include <optional>

namespace riva::llm::scripted {

request_refusal gemini_refusal(std::string message);

/// Checks `contents` and adds the text of each to the messages of the question: known roles and
/// parts, each turn of calls answered by the next one with as many results, a user's turn last.
std::optional<request_refusal> check_gemini_contents(
    const boost::json::value& contents, question& asked
);

/// The text of `systemInstruction`, which is one content without a role of its own.
std::optional<request_refusal> check_gemini_system(
    const boost::json::value& content, question& asked
);

}  // namespace riva::llm::scripted
