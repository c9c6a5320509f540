#include "gemini_request.hpp"

#include "../http_text.hpp"
#include "../json_text.hpp"
#include "../utf8.hpp"
#include "conversation.hpp"
#include "turn_list.hpp"

namespace riva::llm::gemini {
namespace {

std::string text_part(std::string_view text) {
    std::string made = "{\"text\":";
    append_json_string(made, text);
    return made + "}";
}

/// Calls are matched by name and order: an id is the provider's own affair, and only in its turns.
std::string call_part(const tool_call& call) {
    std::string made = R"({"functionCall":{"name":)";
    append_json_string(made, call.name);
    const bool none = trimmed(call.arguments).empty();
    return made + ",\"args\":" + (none ? "{}" : call.arguments) + "}}";
}

std::string result_part(const message& each, bool with_id) {
    std::string made = R"({"functionResponse":{"name":)";
    append_json_string(made, each.tool_name);
    if (with_id) {
        made += ",\"id\":";
        append_json_string(made, each.tool_call_id);
    }
    made += each.tool_failed ? R"(,"response":{"error":)" : R"(,"response":{"result":)";
    append_json_string(made, each.content);
    return made + "}}}";
}

void append_turn(turn_list& list, const message& turn, std::string_view provider) {
    if (const auto parts = native_items(turn, provider)) return list.add("model", *parts);
    if (!trimmed(turn.content).empty()) list.add("model", text_part(turn.content));
    for (const tool_call& call : turn.tool_calls) list.add("model", call_part(call));
}

/// Whether a turn that is sent back unchanged holds the id of a call.
bool holds_id(const message* turn, const std::string& id, std::string_view provider) {
    if (turn == nullptr) return false;
    const auto parts = native_items(*turn, provider);
    std::string quoted;
    append_json_string(quoted, id);
    return parts && parts->find("\"id\":" + quoted) != parts->npos;
}

void append_contents(std::string& out, const chat_request& request, std::string_view provider) {
    out += "\"contents\":[";
    turn_list list(out, "parts");
    const message* turn = nullptr;
    for (const message* each : conversation_of(request)) {
        if (each->role == role::assistant) {
            append_turn(list, *each, provider);
            turn = each;
        } else if (each->role == role::tool) {
            list.add("user", result_part(*each, holds_id(turn, each->tool_call_id, provider)));
        } else {
            list.add("user", text_part(each->content));
        }
    }
    list.end();
    out += ']';
}

void append_tools(std::string& out, const chat_request& request) {
    out += R"(,"tools":[{"functionDeclarations":[)";
    for (const tool& each : request.tools) {
        if (&each != &request.tools.front()) out += ',';
        out += "{\"name\":";
        append_json_string(out, each.name);
        out += ",\"description\":";
        append_json_string(out, each.description);
        out += ",\"parametersJsonSchema\":" + each.parameters + "}";
    }
    out += "]}]";
    if (request.tool_choice == tool_choice::automatic) return;
    out += R"(,"toolConfig":{"functionCallingConfig":{"mode":")";
    out += request.tool_choice == tool_choice::required ? "ANY" : "NONE";
    out += "\"}}";
}

void append_generation(std::string& out, const chat_request& request, const profile& server) {
    out += R"(,"generationConfig":{"maxOutputTokens":)" + std::to_string(request.max_output_tokens);
    if (request.temperature) {
        out += ",\"temperature\":";
        append_json_number(out, *request.temperature);
    }
    if (request.effort) {
        out += R"(,"thinkingConfig":{"thinkingLevel":)";
        append_json_string(out, *request.effort);
        out += '}';
    }
    if (request.schema) out += R"(,"responseMimeType":"application/json")";
    if (request.schema && server.schema) out += ",\"responseJsonSchema\":" + request.schema->text;
    out += '}';
}

}  // namespace

std::string encode(const chat_request& request, const profile& server, std::string_view provider) {
    std::string out = "{";
    append_contents(out, request, provider);
    if (const std::string system = instructions_of(request, server); !system.empty())
        out += ",\"systemInstruction\":{\"parts\":[" + text_part(system) + "]}";
    if (!request.tools.empty()) append_tools(out, request);
    append_generation(out, request, server);
    out += '}';
    return out;
}

}  // namespace riva::llm::gemini
