#pragma once

#include <cstdint>
#include <string_view>

namespace riva::llm::openai_chat {

/// The objects and arrays of the format that are looked into.
enum class node : std::uint8_t {
    ignored,
    root,
    choices,
    choice,
    message,
    tool_calls,
    tool_call,
    function,
    usage,
    prompt_details,
    completion_details,
};

/// The members that are looked at.
enum class field : std::uint8_t {
    none,
    id,
    model,
    object,
    choices,
    usage,
    error,
    index,
    message,
    finish_reason,
    content,
    refusal,
    reasoning,
    reasoning_content,
    tool_calls,
    function_call,
    call_index,
    call_id,
    function,
    name,
    arguments,
    prompt_tokens,
    completion_tokens,
    prompt_details,
    completion_details,
    cached_tokens,
    cache_write_tokens,
    reasoning_tokens,
};

/// What a member of an object of that kind is; `none` for those that are not looked at.
field find_field(node where, std::string_view key);

}  // namespace riva::llm::openai_chat
