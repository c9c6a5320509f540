#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::llm {

enum class role { system, user, assistant };

struct message {
    enum role role = role::user;
    std::string content;

    friend bool operator==(const message&, const message&) = default;
};

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
    std::int64_t max_output_tokens = 8192;
    bool stream = true;

    friend bool operator==(const chat_request&, const chat_request&) = default;
};

struct token_usage {
    std::int64_t input = 0;  ///< all of the prompt, cached part included
    std::int64_t output = 0;  ///< reasoning included
    std::int64_t cached = 0;  ///< part of input: read from the provider's cache
    std::int64_t reasoning = 0;  ///< part of output
    std::int64_t cache_write = 0;  ///< part of input: written to the provider's cache

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
    other
};

/// A whole answer.
struct chat_reply {
    std::string text;
    std::string reasoning;
    stop_reason stop = stop_reason::end_turn;
    token_usage usage;
    bool usage_known =
        false;  ///< false: the server sent none, and `usage` is estimated from the lengths
    std::string model;  ///< as the server names it
    std::string id;
    int attempts = 1;  ///< requests sent for this answer

    friend bool operator==(const chat_reply&, const chat_reply&) = default;
};

std::string_view to_string(role r);
std::string_view to_string(stop_reason s);

/// About how many tokens a text has: one per four bytes, rounded up. For reservations, not for
/// bills.
std::int64_t estimate_tokens(std::string_view text);
std::int64_t estimate_tokens(const chat_request& request);

}  // namespace riva::llm
