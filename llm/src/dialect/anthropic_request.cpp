#include "anthropic_request.hpp"

#include "../http_text.hpp"
#include "../json_text.hpp"
#include "../utf8.hpp"
#include "conversation.hpp"
#include "portable_schema.hpp"
#include "turn_list.hpp"

#include <boost/json/serialize.hpp>

namespace riva::llm::anthropic {
namespace {

namespace json = boost::json;

std::string text_block(std::string_view text) {
    std::string made = R"({"type":"text","text":)";
    append_json_string(made, text);
    return made + "}";
}

std::string tool_use_block(const tool_call& call) {
    std::string made = R"({"type":"tool_use","id":)";
    append_json_string(made, call.id);
    made += ",\"name\":";
    append_json_string(made, call.name);
    const bool none = trimmed(call.arguments).empty();
    return made + ",\"input\":" + (none ? "{}" : call.arguments) + "}";
}

std::string tool_result_block(const message& each) {
    std::string made = R"({"type":"tool_result","tool_use_id":)";
    append_json_string(made, each.tool_call_id);
    if (!each.content.empty()) {
        made += ",\"content\":";
        append_json_string(made, each.content);
    }
    if (each.tool_failed) made += ",\"is_error\":true";
    return made + "}";
}

// Blocks without text are refused by the server.
void append_turn(turn_list& list, const message& turn, std::string_view provider) {
    if (const auto blocks = native_items(turn, provider)) return list.add("assistant", *blocks);
    if (!trimmed(turn.content).empty()) list.add("assistant", text_block(turn.content));
    for (const tool_call& call : turn.tool_calls) list.add("assistant", tool_use_block(call));
}

void append_messages(std::string& out, const chat_request& request, std::string_view provider) {
    out += ",\"messages\":[";
    turn_list list(out, "content");
    for (const message* each : conversation_of(request)) {
        if (each->role == role::assistant)
            append_turn(list, *each, provider);
        else if (each->role == role::tool)
            list.add("user", tool_result_block(*each));
        else if (!trimmed(each->content).empty())
            list.add("user", text_block(each->content));
    }
    list.end();
    out += ']';
}

/// The provider wants every schema of arguments to say that it is one of an object.
std::string input_schema(const tool& each) {
    const auto parsed = parse_json(each.parameters);
    if (!parsed || !parsed->is_object() || parsed->get_object().contains("type"))
        return each.parameters;
    json::object made{{"type", "object"}};
    for (const auto& [name, value] : parsed->get_object()) made[name] = value;
    return json::serialize(made);
}

void append_tools(std::string& out, const chat_request& request, const profile& server) {
    out += ",\"tools\":[";
    for (const tool& each : request.tools) {
        if (&each != &request.tools.front()) out += ',';
        out += "{\"name\":";
        append_json_string(out, each.name);
        out += ",\"description\":";
        append_json_string(out, each.description);
        out += ",\"input_schema\":" + input_schema(each) + "}";
    }
    out += ']';
    if (request.tool_choice == tool_choice::none) {
        out += R"(,"tool_choice":{"type":"none"})";
        return;
    }
    const bool one_by_one = !request.parallel_tool_calls && server.parallel_switch;
    const bool required = request.tool_choice == tool_choice::required;
    if (!required && !one_by_one) return;
    out += ",\"tool_choice\":{\"type\":\"";
    out += required ? "any" : "auto";
    out += one_by_one ? "\",\"disable_parallel_tool_use\":true}" : "\"}";
}

// An effort asks for thinking, which the provider refuses where a tool call is forced.
void append_effort(std::string& out, const chat_request& request) {
    if (!request.effort) return;
    const bool forced = !request.tools.empty() && request.tool_choice == tool_choice::required;
    if (*request.effort == "none")
        out += R"(,"thinking":{"type":"disabled"})";
    else if (!forced)
        out += R"(,"thinking":{"type":"adaptive"})";
}

void append_output(std::string& out, const chat_request& request, const profile& server) {
    const bool effort = request.effort && *request.effort != "none";
    const bool format = request.schema && server.schema;
    if (!effort && !format) return;
    out += ",\"output_config\":{";
    if (effort) {
        out += "\"effort\":";
        append_json_string(out, *request.effort);
    }
    if (effort && format) out += ',';
    if (format) {
        out += R"("format":{"type":"json_schema","schema":)";
        out += portable_schema(request.schema->text) + "}";
    }
    out += '}';
}

}  // namespace

std::string encode(
    const chat_request& request,
    std::string_view model,
    const profile& server,
    std::string_view provider
) {
    std::string out = "{\"model\":";
    append_json_string(out, model);
    out += ",\"max_tokens\":" + std::to_string(request.max_output_tokens);
    if (const std::string system = instructions_of(request, server); !system.empty()) {
        out += ",\"system\":";
        append_json_string(out, system);
    }
    append_messages(out, request, provider);
    if (request.temperature) {
        out += ",\"temperature\":";
        append_json_number(out, *request.temperature);
    }
    append_effort(out, request);
    if (!request.tools.empty()) append_tools(out, request, server);
    append_output(out, request, server);
    if (request.stream) out += ",\"stream\":true";
    return out + "}";
}

}  // namespace riva::llm::anthropic
