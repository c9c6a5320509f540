#include "../utf8.hpp"
#include "openai_chat.hpp"

#include <algorithm>
#include <array>

namespace riva::llm::openai_chat {
namespace {

constexpr std::array profiles{
    profile{"api.openai.com", "max_completion_tokens"},
    profile{"", "max_tokens"},
};

void append_messages(std::string& out, const std::vector<message>& messages) {
    out += ",\"messages\":[";
    for (const message& each : messages) {
        if (&each != &messages.front()) out += ',';
        out += "{\"role\":\"";
        out += to_string(each.role);
        out += "\",\"content\":";
        append_json_string(out, each.content);
        out += '}';
    }
    out += ']';
}

void append_schema(std::string& out, const answer_schema& schema) {
    out += ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":";
    append_json_string(out, schema.name);
    out += ",\"strict\":true,\"schema\":";
    out += schema.text;
    out += "}}";
}

}  // namespace

const profile& profile_of(std::string_view host) {
    return *std::ranges::find_if(profiles, [&](const profile& each) {
        return each.host.empty() || each.host == host;
    });
}

std::string encode(const chat_request& request, std::string_view model, const profile& server) {
    std::string out = "{\"model\":";
    append_json_string(out, model);
    append_messages(out, request.messages);
    out += ",\"";
    out += server.max_tokens_field;
    out += "\":" + std::to_string(request.max_output_tokens);
    if (request.stream) out += ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";
    if (request.schema) append_schema(out, *request.schema);
    return out + "}";
}

}  // namespace riva::llm::openai_chat
