#include "openai_request.hpp"

#include "../json_text.hpp"
#include "../utf8.hpp"
#include "portable_schema.hpp"

namespace riva::llm::openai_chat {
namespace {

void append_member(std::string& out, std::string_view key, std::string_view text) {
    out += ",\"";
    out += key;
    out += "\":";
    append_json_string(out, text);
}

void append_calls(std::string& out, const std::vector<tool_call>& calls) {
    out += ",\"tool_calls\":[";
    for (const tool_call& each : calls) {
        if (&each != &calls.front()) out += ',';
        out += "{\"id\":";
        append_json_string(out, each.id);
        out += ",\"type\":\"function\",\"function\":{\"name\":";
        append_json_string(out, each.name);
        append_member(out, "arguments", each.arguments);
        out += "}}";
    }
    out += ']';
}

void append_message(std::string& out, const message& each, const profile& server) {
    out += "{\"role\":\"";
    out += each.role == role::system ? server.system_role : to_string(each.role);
    out += "\",\"content\":";
    if (each.content.empty() && !each.tool_calls.empty())
        out += "null";
    else
        append_json_string(out, each.content);
    if (!each.tool_calls.empty()) append_calls(out, each.tool_calls);
    if (each.role == role::tool) append_member(out, "tool_call_id", each.tool_call_id);
    out += '}';
}

void append_schema_in_words(std::string& out, const answer_schema& schema, const profile& server) {
    out += ",{\"role\":\"";
    out += server.system_role;
    out += "\",\"content\":";
    append_json_string(out, schema_in_words(schema));
    out += '}';
}

void append_messages(std::string& out, const chat_request& request, const profile& server) {
    out += ",\"messages\":[";
    for (const message& each : request.messages) {
        if (&each != &request.messages.front()) out += ',';
        append_message(out, each, server);
    }
    if (request.schema && !server.schema) append_schema_in_words(out, *request.schema, server);
    out += ']';
}

void append_schema(std::string& out, const answer_schema& schema) {
    out += ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":";
    append_json_string(out, schema.name);
    out += ",\"strict\":true,\"schema\":";
    out += schema.text;
    out += "}}";
}

void append_tools(std::string& out, const chat_request& request, const profile& server) {
    out += ",\"tools\":[";
    for (const tool& each : request.tools) {
        if (&each != &request.tools.front()) out += ',';
        out += "{\"type\":\"function\",\"function\":{\"name\":";
        append_json_string(out, each.name);
        append_member(out, "description", each.description);
        out += ",\"parameters\":" + each.parameters + "}}";
    }
    out += ']';
    if (request.tool_choice == tool_choice::required) out += ",\"tool_choice\":\"required\"";
    if (request.tool_choice == tool_choice::none) out += ",\"tool_choice\":\"none\"";
    if (!request.parallel_tool_calls && server.parallel_switch)
        out += ",\"parallel_tool_calls\":false";
}

/// Room for the texts, some escapes and the frame around them.
std::size_t likely_size(const chat_request& request) {
    constexpr std::size_t frame = 256;
    constexpr std::size_t frame_of_message = 64;
    std::size_t size = frame;
    for (const message& each : request.messages)
        size += each.content.size() + each.content.size() / 16 + frame_of_message;
    return request.schema ? size + request.schema->text.size() + frame : size;
}

}  // namespace

std::string encode(const chat_request& request, std::string_view model, const profile& server) {
    std::string out;
    out.reserve(likely_size(request));
    out += "{\"model\":";
    append_json_string(out, model);
    append_messages(out, request, server);
    out += ",\"";
    out += server.max_tokens_field;
    out += "\":" + std::to_string(request.max_output_tokens);
    if (request.effort) append_member(out, "reasoning_effort", *request.effort);
    if (request.temperature) {
        out += ",\"temperature\":";
        append_json_number(out, *request.temperature);
    }
    if (!request.tools.empty()) append_tools(out, request, server);
    if (request.stream) {
        out += ",\"stream\":true";
        if (server.usage_in_stream) out += ",\"stream_options\":{\"include_usage\":true}";
    }
    if (request.schema && server.schema) append_schema(out, *request.schema);
    if (request.schema && !server.schema) out += ",\"response_format\":{\"type\":\"json_object\"}";
    out += '}';
    return out;
}

}  // namespace riva::llm::openai_chat
