#include "openai_members.hpp"

#include <array>
#include <cstddef>
#include <utility>

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

/// Comparing with each key in turn, which compilers do without a loop and without a call.
template <const auto& Members>
field find_in(std::string_view key) {
    field found = field::none;
    [&]<std::size_t... Index>(std::index_sequence<Index...>) {
        const bool known =
            ((key == Members[Index].key && (found = Members[Index].what, true)) || ...);
        static_cast<void>(known);
    }(std::make_index_sequence<Members.size()>());
    return found;
}

}  // namespace

field find_field(node where, std::string_view key) {
    switch (where) {
        case node::root: return find_in<root_members>(key);
        case node::choice: return find_in<choice_members>(key);
        case node::message: return find_in<message_members>(key);
        case node::tool_call: return find_in<call_members>(key);
        case node::function: return find_in<function_members>(key);
        case node::usage: return find_in<usage_members>(key);
        case node::prompt_details: return find_in<prompt_members>(key);
        case node::completion_details: return find_in<completion_members>(key);
        default: return field::none;
    }
}

}  // namespace riva::llm::openai_chat
