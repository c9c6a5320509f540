#include "scripted/gemini_contents.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

using verdict = std::optional<request_refusal>;

constexpr std::array part_members{
    "text",
    "thought",
    "thoughtSignature",
    "inlineData",
    "fileData",
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
    "videoMetadata",
    "mediaResolution",
    "partMetadata",
    "toolCall",
    "toolResponse",
};
constexpr std::array content_members{"parts", "role"};

std::string text_at(const json::object& object, const char* member) {
    const json::value* found = object.if_contains(member);
    return found && found->is_string() ? std::string(found->get_string()) : "";
}

template <class Names>
verdict unknown_member(const json::object& object, const Names& names, const std::string& place) {
    for (const auto& member : object)
        if (std::find(names.begin(), names.end(), member.key()) == names.end())
            return gemini_refusal(
                "Invalid JSON payload received. Unknown name \"" + std::string(member.key()) +
                "\" at '" + place + "': Cannot find field."
            );
    return std::nullopt;
}

/// What one turn holds.
struct turn {
    std::size_t calls = 0;
    std::size_t results = 0;
    std::string text;
};

class content_check {
public:
    explicit content_check(question& asked) : asked_(asked) {}

    verdict content(const json::value& value, const std::string& place, bool system) {
        const json::object* content = value.if_object();
        if (!content) return gemini_refusal("Invalid value at '" + place + "': expected an object");
        if (auto refused = unknown_member(*content, content_members, place)) return refused;
        role_ = text_at(*content, "role");
        if (!system && !role_.empty() && role_ != "user" && role_ != "model")
            return gemini_refusal("Please use a valid role: user, model.");
        const json::value* parts = content->if_contains("parts");
        const json::array* list = parts ? parts->if_array() : nullptr;
        if (!list || list->empty())
            return gemini_refusal(
                "* GenerateContentRequest." + place + ".parts: contents.parts must not be empty."
            );
        turn now;
        for (std::size_t i = 0; i < list->size(); ++i)
            if (auto refused = part((*list)[i], place + ".parts[" + std::to_string(i) + "]", now))
                return refused;
        asked_.messages.push_back(now.text);
        return system ? std::nullopt : order(now);
    }

    verdict end() const {
        if (before_.calls > 0) return unequal();
        if (role_ != "model") return std::nullopt;
        return gemini_refusal(
            "Please ensure that single turn requests end with a user role or the role field is "
            "empty."
        );
    }

private:
    static verdict unequal() {
        return gemini_refusal(
            "Please ensure that the number of function response parts is equal to the number of "
            "function call parts of the function call turn."
        );
    }

    verdict order(const turn& now) {
        if (now.calls > 0 && (role_ != "model" || first_))
            return gemini_refusal(
                "Please ensure that function call turn comes immediately after a user turn or "
                "after a function response turn."
            );
        if (now.results > 0 && before_.calls == 0)
            return gemini_refusal(
                "Please ensure that function response turn comes immediately after a function "
                "call turn."
            );
        if (now.results != before_.calls) return unequal();
        before_ = now;
        first_ = false;
        return std::nullopt;
    }

    verdict part(const json::value& value, const std::string& place, turn& now) {
        const json::object* part = value.if_object();
        if (!part) return gemini_refusal("Invalid value at '" + place + "': expected an object");
        if (auto refused = unknown_member(*part, part_members, place)) return refused;
        if (const json::value* text = part->if_contains("text")) {
            if (!text->is_string())
                return gemini_refusal("Invalid value at '" + place + ".text' (TYPE_STRING)");
            if (const json::value* thought = part->if_contains("thought");
                !thought || *thought != json::value(true))
                now.text += std::string_view(text->get_string());
        }
        if (const json::value* call = part->if_contains("functionCall"))
            return function(*call, place + ".function_call", "args", *part, now);
        if (const json::value* result = part->if_contains("functionResponse"))
            return function(*result, place + ".function_response", "response", *part, now);
        return std::nullopt;
    }

    verdict function(
        const json::value& value,
        const std::string& place,
        const char* member,
        const json::object& part,
        turn& now
    ) {
        const json::object* function = value.if_object();
        const std::string name = function ? text_at(*function, "name") : "";
        if (name.empty())
            return gemini_refusal(
                "* GenerateContentRequest." + place + ".name: Name cannot be empty."
            );
        const json::value* members = function->if_contains(member);
        if (members && !members->is_object())
            return gemini_refusal("Invalid value at '" + place + "." + member + "' (Struct)");
        const std::string text = members ? json::serialize(*members) : "{}";
        const bool call = member == std::string_view("args");
        now.text += call ? name + " " + text : text;
        ++(call ? now.calls : now.results);
        if (call) asked_.replayed.push_back({name + " " + text, text_at(part, "thoughtSignature")});
        return std::nullopt;
    }

    question& asked_;
    turn before_;
    std::string role_;
    bool first_ = true;
};

}  // namespace

request_refusal gemini_refusal(std::string message) {
    return {400, std::move(message), "", ""};
}

verdict check_gemini_contents(const json::value& contents, question& asked) {
    const json::array* list = contents.if_array();
    if (!list) return gemini_refusal("Invalid value at 'contents': expected a list");
    if (list->empty())
        return gemini_refusal("* GenerateContentRequest.contents: contents is not specified");
    content_check check(asked);
    for (std::size_t i = 0; i < list->size(); ++i)
        if (auto refused = check.content((*list)[i], "contents[" + std::to_string(i) + "]", false))
            return refused;
    return check.end();
}

verdict check_gemini_system(const json::value& content, question& asked) {
    return content_check(asked).content(content, "system_instruction", true);
}

}  // namespace riva::llm::scripted
