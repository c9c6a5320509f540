#include <riva/llm/chat.hpp>

namespace riva::llm {

token_usage& token_usage::operator+=(const token_usage& more) {
    input += more.input;
    output += more.output;
    cached += more.cached;
    reasoning += more.reasoning;
    cache_write += more.cache_write;
    return *this;
}

message to_message(const chat_reply& reply) {
    message made{role::assistant, reply.text};
    made.tool_calls = reply.tool_calls;
    made.native = reply.native;
    return made;
}

std::string_view to_string(role r) {
    switch (r) {
        case role::system: return "system";
        case role::user: return "user";
        case role::assistant: return "assistant";
        case role::tool: return "tool";
    }
    return "unknown";
}

std::string_view to_string(stop_reason s) {
    switch (s) {
        case stop_reason::end_turn: return "end_turn";
        case stop_reason::max_tokens: return "max_tokens";
        case stop_reason::stop_sequence: return "stop_sequence";
        case stop_reason::content_filter: return "content_filter";
        case stop_reason::refusal: return "refusal";
        case stop_reason::tool_calls: return "tool_calls";
        case stop_reason::pause_turn: return "pause_turn";
        case stop_reason::context_exceeded: return "context_exceeded";
        case stop_reason::other: return "other";
    }
    return "unknown";
}

std::int64_t estimate_tokens(std::string_view text) {
    return static_cast<std::int64_t>(text.size() / 4 + (text.size() % 4 != 0));
}

std::int64_t estimate_tokens(const chat_request& request) {
    std::int64_t tokens = request.schema ? estimate_tokens(request.schema->text) : 0;
    for (const tool& each : request.tools)
        tokens += estimate_tokens(each.name) + estimate_tokens(each.description) +
                  estimate_tokens(each.parameters);
    for (const message& each : request.messages) {
        tokens += each.native ? estimate_tokens(each.native->json) : estimate_tokens(each.content);
        for (const tool_call& call : each.tool_calls)
            tokens += estimate_tokens(call.name) + estimate_tokens(call.arguments);
    }
    return tokens;
}

}  // namespace riva::llm
