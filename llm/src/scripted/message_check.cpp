#include "scripted/message_check.hpp"

#include "scripted/call_order.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

using verdict = std::optional<request_refusal>;

constexpr std::array roles{"system", "developer", "user", "assistant", "tool"};
constexpr std::array members{
    "role",
    "content",
    "name",
    "tool_calls",
    "tool_call_id",
    "refusal",
    "audio",
    "function_call",
};
constexpr std::array part_types{"text", "image_url", "input_audio", "file", "refusal"};

template <class Names>
bool is_one_of(const json::value* value, const Names& names) {
    return value && value->is_string() &&
           std::find(names.begin(), names.end(), value->get_string()) != names.end();
}

verdict wrong(const std::string& place, const std::string& what) {
    return request_refusal{
        400, "Invalid value for '" + place + "': " + what, place, "invalid_value"
    };
}

verdict check_part(const json::value& part, const std::string& place, std::string& text) {
    const json::object* object = part.if_object();
    if (!object) return wrong(place, "expected an object.");
    const json::value* type = object->if_contains("type");
    if (!is_one_of(type, part_types)) return wrong(place + ".type", "expected a known part type.");
    const std::string kind(type->get_string());
    const json::value* content = object->if_contains(kind);
    if (!content) return wrong(place + "." + kind, "it is missing.");
    if (kind != "text") return std::nullopt;
    if (!content->is_string()) return wrong(place + ".text", "expected a string.");
    text += std::string_view(content->get_string());
    return std::nullopt;
}

verdict check_content(
    const json::object& message,
    const std::string& role,
    const std::string& place,
    std::string& text
) {
    const json::value* content = message.if_contains("content");
    const bool may_be_null =
        role == "assistant" && (message.contains("tool_calls") || message.contains("refusal"));
    if (!content || content->is_null())
        return may_be_null ? std::nullopt
                           : wrong(place, "expected a string or an array of parts, got null.");
    if (const json::string* whole = content->if_string()) {
        text = std::string_view(*whole);
        return std::nullopt;
    }
    const json::array* parts = content->if_array();
    if (!parts) return wrong(place, "expected a string or an array of parts.");
    if (parts->empty()) return wrong(place, "expected at least one part.");
    for (std::size_t i = 0; i < parts->size(); ++i)
        if (auto refused = check_part((*parts)[i], place + "[" + std::to_string(i) + "]", text))
            return refused;
    return std::nullopt;
}

verdict check_message(const json::value& value, const std::string& place, std::string& text) {
    const json::object* message = value.if_object();
    if (!message) return wrong(place, "expected an object.");
    for (const auto& member : *message)
        if (std::find(members.begin(), members.end(), member.key()) == members.end())
            return wrong(place + "." + std::string(member.key()), "it is not known.");
    const json::value* role = message->if_contains("role");
    if (!is_one_of(role, roles))
        return wrong(
            place + ".role", "expected one of system, developer, user, assistant and tool."
        );
    const std::string who(role->get_string());
    const json::value* call = message->if_contains("tool_call_id");
    if (who == "tool" && !(call && call->is_string()))
        return wrong(place + ".tool_call_id", "a tool's message needs the id of its call.");
    return check_content(*message, who, place + ".content", text);
}

verdict check_call(const json::value& value, const std::string& place, call_order& calls) {
    const json::object* call = value.if_object();
    if (!call) return wrong(place, "expected an object.");
    const json::value* id = call->if_contains("id");
    if (!id || !id->is_string() || id->get_string().empty())
        return wrong(place + ".id", "a call needs an id.");
    const json::value* function = call->if_contains("function");
    const json::value* custom = call->if_contains("custom");
    if (!custom) {
        const json::object* named = function ? function->if_object() : nullptr;
        if (!named) return wrong(place + ".function", "expected an object.");
        for (const auto* member : {"name", "arguments"})
            if (const json::value* v = named->if_contains(member); !v || !v->is_string())
                return wrong(place + ".function." + member, "expected a string.");
    }
    calls.made(std::string(id->get_string()));
    return std::nullopt;
}

verdict check_calls(const json::object& message, const std::string& place, call_order& calls) {
    const json::value* listed = message.if_contains("tool_calls");
    if (!listed || listed->is_null()) return std::nullopt;
    const json::array* list = listed->if_array();
    if (!list || list->empty())
        return wrong(place, "expected an array with at least one call of a tool.");
    for (std::size_t i = 0; i < list->size(); ++i)
        if (auto refused = check_call((*list)[i], place + "[" + std::to_string(i) + "]", calls))
            return refused;
    return std::nullopt;
}

verdict unanswered(const call_order& calls, const std::string& place) {
    if (calls.open().empty()) return std::nullopt;
    return request_refusal{
        400,
        "An assistant message with 'tool_calls' must be followed by tool messages responding to "
        "each 'tool_call_id'. The following tool_call_ids did not have response messages: " +
            calls.open_text(),
        place,
        "invalid_value"
    };
}

// Answers of tools come right after the message that calls them, one for each call.
verdict check_order(const json::value& value, const std::string& place, call_order& calls) {
    const json::object& message = value.get_object();
    const std::string role(message.at("role").get_string());
    if (role == "tool") {
        if (calls.answer(std::string(message.at("tool_call_id").get_string()))) return std::nullopt;
        return request_refusal{
            400,
            "Invalid parameter: messages with role 'tool' must be a response to a preceding "
            "message with 'tool_calls'.",
            place + ".role",
            "invalid_value"
        };
    }
    if (auto refused = unanswered(calls, place)) return refused;
    calls.forget();
    return role == "assistant" ? check_calls(message, place + ".tool_calls", calls) : std::nullopt;
}

}  // namespace

std::optional<request_refusal> check_messages(
    const json::value& messages, std::vector<std::string>& texts
) {
    const json::array* list = messages.if_array();
    if (!list) return wrong("messages", "expected an array.");
    if (list->empty()) return wrong("messages", "expected at least one message.");
    call_order calls;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const std::string place = "messages[" + std::to_string(i) + "]";
        if (auto refused = check_message((*list)[i], place, texts.emplace_back())) return refused;
        if (auto refused = check_order((*list)[i], place, calls)) return refused;
    }
    return unanswered(calls, "messages[" + std::to_string(list->size() - 1) + "]");
}

}  // namespace riva::llm::scripted
