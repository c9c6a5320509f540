#include "openai_members.hpp"

#include <array>
#include <span>

namespace riva::llm::openai_chat {
namespace {

struct member {
    std::string_view key;
    field what;
};

constexpr std::array root_members{
    member{"id", field::id},
    member{"model", field::model},
    member{"object", field::object},
    member{"choices", field::choices},
    member{"usage", field::usage},
    member{"error", field::error},
    member{"error_message", field::error},
    member{"error_type", field::error},
};
constexpr std::array choice_members{
    member{"index", field::index},
    member{"delta", field::message},
    member{"message", field::message},
    member{"finish_reason", field::finish_reason},
};
constexpr std::array message_members{
    member{"content", field::content},
    member{"refusal", field::refusal},
    member{"reasoning", field::reasoning},
    member{"reasoning_content", field::reasoning_content},
    member{"tool_calls", field::tool_calls},
    member{"function_call", field::function_call},
};
constexpr std::array call_members{
    member{"index", field::call_index},
    member{"id", field::call_id},
    member{"function", field::function},
};
constexpr std::array function_members{
    member{"name", field::name},
    member{"arguments", field::arguments},
};
constexpr std::array usage_members{
    member{"prompt_tokens", field::prompt_tokens},
    member{"completion_tokens", field::completion_tokens},
    member{"prompt_tokens_details", field::prompt_details},
    member{"completion_tokens_details", field::completion_details},
};
constexpr std::array prompt_members{
    member{"cached_tokens", field::cached_tokens},
    member{"cache_write_tokens", field::cache_write_tokens},
};
constexpr std::array completion_members{member{"reasoning_tokens", field::reasoning_tokens}};

std::span<const member> members_of(node where) {
    switch (where) {
        case node::root: return root_members;
        case node::choice: return choice_members;
        case node::message: return message_members;
        case node::tool_call: return call_members;
        case node::function: return function_members;
        case node::usage: return usage_members;
        case node::prompt_details: return prompt_members;
        case node::completion_details: return completion_members;
        default: return {};
    }
}

}  // namespace

field find_field(node where, std::string_view key) {
    if (key.empty()) return field::none;
    for (const member& each : members_of(where))
        if (each.key.size() == key.size() && each.key[0] == key[0] && each.key == key)
            return each.what;
    return field::none;
}

}  // namespace riva::llm::openai_chat
