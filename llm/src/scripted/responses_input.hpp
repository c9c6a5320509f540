#pragma once

#include "scripted/question.hpp"

#include <boost/json/fwd.hpp>

#include <optional>

namespace riva::llm::scripted {

/// Checks the `input` of a Responses request and adds the text of each item to the messages:
/// every call answered after it was made, every answer to a call, parts that fit their role.
std::optional<request_refusal> check_responses_input(
    const boost::json::value& input, question& asked
);

}  // namespace riva::llm::scripted
