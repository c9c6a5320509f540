#include "ollama_request.hpp"

#include "../http_text.hpp"
#include "../json_text.hpp"
#include "../utf8.hpp"

namespace riva::llm::ollama {
namespace {

void append_calls(std::string& out, const std::vector<tool_call>& calls) {
    out += ",\"tool_calls\":[";
    for (const tool_call& each : calls) {
        if (&each != &calls.front()) out += ',';
        out += R"({"function":{"name":)";
        append_json_string(out, each.name);
        const bool none = trimmed(each.arguments).empty();
        out += ",\"arguments\":" + (none ? "{}" : each.arguments) + "}}";
    }
    out += ']';
}

void append_messages(std::string& out, const chat_request& request) {
    out += ",\"messages\":[";
    for (const message& each : request.messages) {
        if (&each != &request.messages.front()) out += ',';
        out += "{\"role\":\"";
        out += to_string(each.role);
        out += "\",\"content\":";
        append_json_string(out, each.content);
        if (!each.tool_calls.empty()) append_calls(out, each.tool_calls);
        if (each.role == role::tool) {
            out += ",\"tool_name\":";
            append_json_string(out, each.tool_name);
        }
        out += '}';
    }
    out += ']';
}

void append_tools(std::string& out, const std::vector<tool>& tools) {
    out += ",\"tools\":[";
    for (const tool& each : tools) {
        if (&each != &tools.front()) out += ',';
        out += R"({"type":"function","function":{"name":)";
        append_json_string(out, each.name);
        out += ",\"description\":";
        append_json_string(out, each.description);
        out += ",\"parameters\":" + each.parameters + "}}";
    }
    out += ']';
}

void append_options(std::string& out, const chat_request& request, const profile& server) {
    out += R"(,"options":{"num_predict":)" + std::to_string(request.max_output_tokens);
    if (server.context_window > 0) out += ",\"num_ctx\":" + std::to_string(server.context_window);
    if (request.temperature) {
        out += ",\"temperature\":";
        append_json_number(out, *request.temperature);
    }
    out += '}';
}

/// `none` turns thinking off; the other efforts are the server's own words.
void append_effort(std::string& out, const std::string& effort) {
    out += ",\"think\":";
    if (effort == "none")
        out += "false";
    else
        append_json_string(out, effort);
}

}  // namespace

std::string encode(const chat_request& request, std::string_view model, const profile& server) {
    std::string out = "{\"model\":";
    append_json_string(out, model);
    append_messages(out, request);
    // There is no way to forbid the use of tools but not to name them.
    if (!request.tools.empty() && request.tool_choice != tool_choice::none)
        append_tools(out, request.tools);
    if (request.schema)
        out += ",\"format\":" + (server.schema ? request.schema->text : std::string("\"json\""));
    if (request.effort) append_effort(out, *request.effort);
    append_options(out, request, server);
    out += request.stream ? ",\"stream\":true}" : ",\"stream\":false}";
    return out;
}

}  // namespace riva::llm::ollama
