#include "openai_responses_request.hpp"

#include "../http_text.hpp"
#include "../json_text.hpp"
#include "../utf8.hpp"
#include "conversation.hpp"
#include "portable_schema.hpp"

namespace riva::llm::openai_responses {
namespace {

void append_member(std::string& out, std::string_view key, std::string_view text) {
    out += ",\"";
    out += key;
    out += "\":";
    append_json_string(out, text);
}

/// Writes items with commas between them.
class item_list {
public:
    explicit item_list(std::string& out) : out_(out) {}

    void add(std::string_view items) {
        if (!first_) out_ += ',';
        first_ = false;
        out_ += items;
    }

private:
    std::string& out_;
    bool first_ = true;
};

std::string message_item(std::string_view role, std::string_view part, std::string_view text) {
    std::string made = R"({"type":"message","role":")";
    made.append(role).append(R"(","content":[{"type":")").append(part).append("\"");
    append_member(made, "text", text);
    return made + "}]}";
}

std::string call_item(const tool_call& call) {
    std::string made = R"({"type":"function_call")";
    append_member(made, "call_id", call.id);
    append_member(made, "name", call.name);
    append_member(made, "arguments", call.arguments);
    return made + "}";
}

std::string result_item(const message& each) {
    std::string made = R"({"type":"function_call_output")";
    append_member(made, "call_id", each.tool_call_id);
    append_member(made, "output", each.content);
    return made + "}";
}

void append_turn(item_list& list, const message& turn, std::string_view provider) {
    if (const auto items = native_items(turn, provider)) return list.add(*items);
    if (!trimmed(turn.content).empty())
        list.add(message_item("assistant", "output_text", turn.content));
    for (const tool_call& call : turn.tool_calls) list.add(call_item(call));
}

void append_input(std::string& out, const chat_request& request, std::string_view provider) {
    out += ",\"input\":[";
    item_list list(out);
    for (const message* each : conversation_of(request)) {
        if (each->role == role::assistant)
            append_turn(list, *each, provider);
        else if (each->role == role::tool)
            list.add(result_item(*each));
        else if (!trimmed(each->content).empty())
            list.add(message_item("user", "input_text", each->content));
    }
    out += ']';
}

// Without `strict` the provider rewrites the schema until it is strict.
void append_tools(std::string& out, const chat_request& request, const profile& server) {
    out += ",\"tools\":[";
    for (const tool& each : request.tools) {
        if (&each != &request.tools.front()) out += ',';
        const auto schema = parse_json(each.parameters);
        out += R"({"type":"function")";
        append_member(out, "name", each.name);
        append_member(out, "description", each.description);
        out += ",\"parameters\":" + each.parameters;
        out += schema && is_strict(*schema) ? ",\"strict\":true}" : ",\"strict\":false}";
    }
    out += ']';
    if (request.tool_choice == tool_choice::required) out += R"(,"tool_choice":"required")";
    if (request.tool_choice == tool_choice::none) out += R"(,"tool_choice":"none")";
    if (!request.parallel_tool_calls && server.parallel_switch)
        out += R"(,"parallel_tool_calls":false)";
}

void append_format(std::string& out, const answer_schema& schema) {
    const std::string portable = portable_schema(schema.text);
    const auto parsed = parse_json(portable);
    out += R"(,"text":{"format":{"type":"json_schema")";
    append_member(out, "name", schema.name);
    out += parsed && is_strict(*parsed) ? ",\"strict\":true" : ",\"strict\":false";
    out += ",\"schema\":" + portable + "}}";
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
    if (const std::string text = instructions_of(request, server); !text.empty())
        append_member(out, "instructions", text);
    append_input(out, request, provider);
    out += ",\"max_output_tokens\":" + std::to_string(request.max_output_tokens);
    out += ",\"store\":false";
    // A model that does not reason refuses to be asked for its reasoning.
    if (server.effort) out += R"(,"include":["reasoning.encrypted_content"])";
    if (request.effort) {
        out += ",\"reasoning\":{\"effort\":";
        append_json_string(out, *request.effort);
        out += '}';
    }
    if (request.temperature) {
        out += ",\"temperature\":";
        append_json_number(out, *request.temperature);
    }
    if (!request.tools.empty()) append_tools(out, request, server);
    if (request.schema && server.schema) append_format(out, *request.schema);
    if (request.schema && !server.schema) out += R"(,"text":{"format":{"type":"json_object"}})";
    if (request.stream) out += ",\"stream\":true";
    return out + "}";
}

}  // namespace riva::llm::openai_responses
