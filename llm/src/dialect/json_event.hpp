#pragma once

#include "../answer.hpp"

#include <boost/json/object.hpp>

#include <string_view>

namespace riva::llm {

/// An event of a stream, or a whole body (`type` is empty then), as the JSON object that it must
/// be. Errors: malformed_answer, and those of `explain` when the text reports a failure.
result<boost::json::object> read_json_event(
    const answerer& from, std::string_view type, std::string_view text
);

/// That an answer is not of its format's shape; `why` ends the sentence.
error malformed_answer(const answerer& from, std::string_view why);

}  // namespace riva::llm
