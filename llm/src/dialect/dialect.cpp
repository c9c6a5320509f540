#include "dialect.hpp"

#include "../http_text.hpp"
#include "../json_text.hpp"
#include "../utf8.hpp"

#include <riva/llm/error.hpp>

#include <algorithm>

namespace riva::llm {
namespace {

error refused(std::string why) {
    return {errc::bad_request, std::move(why)};
}

/// Letters, digits, `_` and `-`, at most 64: what every provider takes for a name.
bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
        return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    });
}

std::optional<error> tool_objection(const std::vector<tool>& tools) {
    for (const tool& each : tools) {
        if (!is_name(each.name))
            return refused("a tool needs a name of letters, digits, '_' and '-'");
        const auto schema = parse_json(each.parameters);
        if (!schema || !schema->is_object())
            return refused("the parameters of the tool '" + each.name + "' are no JSON schema");
    }
    return std::nullopt;
}

/// Every result of a tool must answer a call of the assistant's turn before it.
std::optional<error> conversation_objection(const std::vector<message>& messages) {
    const std::vector<tool_call>* open = nullptr;
    for (const message& each : messages) {
        if (each.role == role::assistant) open = &each.tool_calls;
        if (each.role == role::user) open = nullptr;
        if (each.role != role::tool) continue;
        const bool answers =
            open != nullptr &&
            std::ranges::find(*open, each.tool_call_id, &tool_call::id) != open->end();
        if (!answers)
            return refused(
                "a tool's result answers the call '" + printable(each.tool_call_id, 64) +
                "', which the turn before it does not hold"
            );
    }
    return std::nullopt;
}

}  // namespace

result<void> take_unfinished(
    answer_decoder& decoder, std::string_view type, std::string_view data
) {
    auto taken = decoder.take_event(type, data);
    if (!taken && taken.error().code == errc::malformed_answer) return {};
    return taken;
}

std::optional<error> objection(const chat_request& request, const profile& server) {
    if (request.messages.empty()) return refused("a chat request needs at least one message");
    if (request.max_output_tokens < 1)
        return refused("a chat request needs room for at least one output token");
    if (request.schema && !is_name(request.schema->name))
        return refused("an answer schema needs a name of letters, digits, '_' and '-'");
    if (request.temperature && !server.sampling)
        return refused("this model accepts no temperature; leave it out");
    if (request.temperature && !(*request.temperature >= 0 && *request.temperature <= 2))
        return refused("a temperature lies between 0 and 2");
    if (request.effort && !server.effort)
        return refused("this model accepts no reasoning effort; leave it out");
    if (server.context_window > 0 && estimate_tokens(request) > server.context_window)
        return refused(
            "a request of about " + std::to_string(estimate_tokens(request)) +
            " tokens does not fit into the " + std::to_string(server.context_window) +
            " of this model; ask for less"
        );
    if (auto why = tool_objection(request.tools)) return why;
    return conversation_objection(request.messages);
}

const dialect* find_dialect(std::string_view name) {
    if (name == "openai") return &openai_chat_dialect();
    if (name == "openai-responses") return &openai_responses_dialect();
    if (name == "anthropic") return &anthropic_dialect();
    if (name == "gemini") return &gemini_dialect();
    if (name == "ollama") return &ollama_dialect();
    return nullptr;
}

}  // namespace riva::llm
