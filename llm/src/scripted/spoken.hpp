#pragma once

#include "scripted/answer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::llm::scripted {

/// An answer as this request gets it: what it demands made up, calls numbered, the content spoilt
/// as the script wants, tokens counted.
struct spoken {
    std::optional<std::string> text;  ///< none: it says nothing, or null
    std::string reasoning;
    std::string signature;
    std::string refusal;
    std::vector<tool_call> calls;  ///< each with an id
    std::string finish;            ///< in the words of Chat Completions
    std::int64_t prompt_tokens = 0;
    std::int64_t completion_tokens = 0;

    std::string_view text_or_empty() const { return text ? std::string_view(*text) : ""; }
};

/// `call_id` is what the ids of calls begin with, `number` that of the request.
spoken speak(
    const question& q, const answer& a, std::uint64_t number, std::string_view call_id = "call_"
);

/// A text in the pieces in which it is streamed: four bytes and the rest of the last character.
std::vector<std::string_view> tokens_of(std::string_view text);

/// The arguments of a call where the wire format wants an object; what is no JSON is left as it is.
std::string object_text(const tool_call& call);

}  // namespace riva::llm::scripted
