#pragma once

#include <riva/llm/chat.hpp>
#include <riva/runtime/error.hpp>

#include <cstdint>
#include <string_view>
#include <variant>

namespace riva::llm {

// What an answer is made of while it arrives, the same for every provider. A block is a part of the
// answer, numbered from 0 in the order in which the parts begin; text, reasoning and every tool
// call are blocks of their own. Texts are valid during the call that hands the event out.

/// The server began to answer. Comes at most once, and may be missing in an answer that fails.
struct answer_started {
    std::string_view id;
    std::string_view model;  ///< as the server names it
};

struct text_delta {
    std::uint32_t block;
    std::string_view text;
};

struct reasoning_delta {
    std::uint32_t block;
    std::string_view text;
};

/// A tool call begins. Nothing may be done about it before the answer has finished.
struct tool_call_started {
    std::uint32_t block;
    std::string_view id;
    std::string_view name;
};

/// A piece of the arguments' JSON text.
struct tool_arguments_delta {
    std::uint32_t block;
    std::string_view text;
};

struct tool_call_ended {
    std::uint32_t block;
};

/// The counts so far; later ones replace earlier ones.
struct usage_reported {
    token_usage usage;
};

/// Something that only the provider can read, and wants to have back unchanged.
struct opaque_block {
    std::uint32_t block;
    std::string_view kind;  ///< the provider's name for it
    std::string_view json;
};

struct answer_finished {
    stop_reason stop;
};

struct answer_failed {
    error why;
};

/// Every attempt ends with exactly one `answer_finished` or `answer_failed`, and nothing comes
/// after it.
using stream_event = std::variant<
    answer_started,
    text_delta,
    reasoning_delta,
    tool_call_started,
    tool_arguments_delta,
    tool_call_ended,
    usage_reported,
    opaque_block,
    answer_finished,
    answer_failed>;

}  // namespace riva::llm
