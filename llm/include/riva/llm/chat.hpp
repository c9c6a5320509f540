#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::llm {

enum class role {
    system,
    user,
    assistant,
    tool,  ///< the result of a tool call
};

/// A tool that a model asks to be run.
struct tool_call {
    std::string id;         ///< the provider's, or one made up here where it gives none
    std::string name;
    std::string arguments;  ///< one JSON object, whole and valid

    friend bool operator==(const tool_call&, const tool_call&) = default;
};

/// An assistant's turn in the words of its provider. It holds what only the provider can read
/// (signatures, encrypted reasoning) and wants to have back unchanged.
struct native_turn {
    std::string provider;  ///< dialect, origin and model that it came from
    std::string json;

    friend bool operator==(const native_turn&, const native_turn&) = default;
};

struct message {
    enum role role = role::user;
    std::string content;
    std::vector<tool_call> tool_calls = {};  ///< of an assistant
    std::string tool_call_id = {};           ///< of a tool's result: which call it answers
    std::string tool_name = {};              ///< of a tool's result: the tool that was called
    bool tool_failed = false;                ///< of a tool's result
    /// Of an assistant: sent instead of the members above to the provider that it came from, and
    /// not at all to any other.
    std::optional<native_turn> native = std::nullopt;

    friend bool operator==(const message&, const message&) = default;
};

/// A tool that a model may ask for.
struct tool {
    std::string name;  ///< letters, digits, `_` and `-`, at most 64
    std::string description;
    std::string parameters;  ///< JSON schema of an object, in the portable subset of answer_schema

    friend bool operator==(const tool&, const tool&) = default;
};

enum class tool_choice { automatic, required, none };

/// A JSON schema that the answer must satisfy: sent to the model, and checked here all the same.
struct answer_schema {
    std::string name;  ///< letters, digits, `_` and `-`
    std::string text;  ///< the schema, in the portable subset: objects with all properties required
                       ///< and `additionalProperties: false`, arrays, strings, enums, integers,
                       ///< numbers, booleans, unions with null

    friend bool operator==(const answer_schema&, const answer_schema&) = default;
};

/// One question to a model.
struct chat_request {
    std::vector<message> messages;
    std::optional<answer_schema> schema;
    std::vector<tool> tools;
    enum tool_choice tool_choice = tool_choice::automatic;
    bool parallel_tool_calls = true;
    std::int64_t max_output_tokens = 8192;
    /// How much the model should think, in the provider's words; none: its default.
    std::optional<std::string> effort;
    /// 0 to 2. Only for models that accept it; others refuse the request here.
    std::optional<double> temperature;
    bool stream = true;
    /// Nothing depends on it that was asked: a judgment, a classification. It may be asked of two
    /// models at once.
    bool side_effect_free = false;

    friend bool operator==(const chat_request&, const chat_request&) = default;
};

struct token_usage {
    std::int64_t input = 0;  ///< all of the prompt, cached part included
    std::int64_t output = 0;  ///< reasoning included
    std::int64_t cached = 0;  ///< part of input: read from the provider's cache
    std::int64_t reasoning = 0;  ///< part of output
    std::int64_t cache_write = 0;  ///< part of input: written to the provider's cache

    token_usage& operator+=(const token_usage& more);
    friend bool operator==(const token_usage&, const token_usage&) = default;
};

/// Why a model stopped.
enum class stop_reason {
    end_turn,
    max_tokens,
    stop_sequence,
    content_filter,
    refusal,
    tool_calls,
    pause_turn,  ///< the provider wants to be asked to go on
    context_exceeded,  ///< the prompt and the answer do not fit into the model
    other
};

/// What another model was asked for in vain.
struct side_charge {
    std::string model;  ///< `DIALECT:MODEL`
    token_usage usage;  ///< what it may have charged at most

    friend bool operator==(const side_charge&, const side_charge&) = default;
};

/// A whole answer.
struct chat_reply {
    std::string text;
    std::string reasoning;
    std::vector<tool_call> tool_calls;
    std::optional<native_turn> native;  ///< when the turn holds what must be sent back unchanged
    stop_reason stop = stop_reason::end_turn;
    token_usage usage;
    bool usage_known =
        false;  ///< false: the server sent none, and `usage` is estimated from the lengths
    std::string model;  ///< as the server names it
    std::string id;
    int attempts = 1;  ///< requests sent for this answer
    std::optional<side_charge> also_asked;  ///< a hedge, or who was hedged

    friend bool operator==(const chat_reply&, const chat_reply&) = default;
};

/// The reply as the next turn of a conversation.
message to_message(const chat_reply& reply);

std::string_view to_string(role r);
std::string_view to_string(stop_reason s);

/// About how many tokens a text has: one per four bytes, rounded up. For reservations, not for
/// bills.
std::int64_t estimate_tokens(std::string_view text);
std::int64_t estimate_tokens(const chat_request& request);

}  // namespace riva::llm
