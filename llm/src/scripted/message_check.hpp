#pragma once

#include "scripted/question.hpp"

#include <boost/json/fwd.hpp>

#include <optional>
#include <string>
#include <vector>

namespace riva::llm::scripted {

/// Checks the `messages` of a Chat Completions request, and appends the text of each to `texts`.
std::optional<request_refusal> check_messages(
    const boost::json::value& messages, std::vector<std::string>& texts
);

}  // namespace riva::llm::scripted
