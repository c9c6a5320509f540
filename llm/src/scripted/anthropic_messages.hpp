#pragma once

#include "scripted/question.hpp"

#include <boost/json/fwd.hpp>

#include <optional>
#include <string>

namespace riva::llm::scripted {

request_refusal anthropic_refusal(std::string message);

/// Checks `messages` and adds the text of each to those of the question: roles alternate from a
/// user's on, every `tool_use` is answered at the beginning of the next message, nothing else is.
/// `newer`: the version of the API forbids documents of the assistant and citations of the user.
std::optional<request_refusal> check_anthropic_messages(
    const boost::json::value& messages, bool newer, question& asked
);

/// The text of `system` or of the content of a result: a text, or a list of blocks.
std::optional<request_refusal> anthropic_text(
    const boost::json::value& content, const std::string& place, std::string& text
);

}  // namespace riva::llm::scripted
