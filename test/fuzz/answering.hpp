#pragma once

#include "dialect/dialect.hpp"

#include <array>
#include <functional>
#include <string>
#include <string_view>

namespace riva::fuzz {

/// Every dialect, under a number.
constexpr std::array dialects{"openai", "openai-responses", "anthropic", "gemini", "ollama"};
const llm::dialect& dialect_of(std::size_t number);

/// A request that offers the tools `f` and `g`.
llm::chat_request request_with_tools();

/// What one answer came to.
struct answered {
    llm::chat_reply reply;  ///< empty when the answer failed
    error why;              ///< no error when there is a reply
    std::string events;     ///< one line an event

    friend bool operator==(const answered&, const answered&) = default;
};

/// Lets `feed` put an answer together and ends it. Ends the program if it does not end exactly
/// once, or if a call of a tool gets out of it that is not whole.
answered answer_with(const std::function<result<void>(llm::answer&)>& feed);

/// Ends the program if the reply, if there is one, cannot be sent back as JSON in each dialect.
void must_be_sendable(const answered& answer);

}  // namespace riva::fuzz
