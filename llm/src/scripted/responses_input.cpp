#include "scripted/responses_input.hpp"

#include "scripted/call_order.hpp"
#include "scripted/object_reader.hpp"
#include "scripted/openai_refusal.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

using verdict = std::optional<request_refusal>;

class input_check {
public:
    explicit input_check(question& asked) : asked_(asked) {}

    verdict item(const json::value& value, const std::string& place) {
        object_reader reader(value, place, trouble_);
        const std::string type = reader.text("type").value_or("message");
        verdict refused;
        if (type == "message")
            refused = message(reader);
        else if (type == "function_call" || type == "custom_tool_call")
            refused = call(reader, type == "function_call");
        else if (type == "function_call_output" || type == "custom_tool_call_output")
            refused = output(reader);
        else if (type == "reasoning")
            refused = reasoning(reader);
        if (refused) return refused;
        if (!trouble_.empty()) return openai_trouble(trouble_);
        return std::nullopt;
    }

    verdict end() const {
        if (calls_.open().empty()) return std::nullopt;
        return openai_refusal(
            "No tool output found for function call " + calls_.open().front() + ".", "input", ""
        );
    }

private:
    verdict message(object_reader& reader) {
        const auto role = reader.choice("role", {"user", "system", "developer", "assistant"});
        if (!role) reader.wrong("role", "it is missing");
        for (const auto* member : {"type", "id", "status", "phase"}) reader.any(member);
        const json::value* content = reader.any("content");
        reader.refuse_others();
        if (!content) return openai_missing(reader.place("content"));
        return text_of(
            *content, role == 3U, reader.place("content"), asked_.messages.emplace_back()
        );
    }

    static verdict text_of(
        const json::value& content, bool assistant, const std::string& place, std::string& text
    ) {
        if (content.is_string()) {
            text = std::string(content.get_string());
            return std::nullopt;
        }
        const json::array* parts = content.if_array();
        if (!parts)
            return openai_refusal(
                "Invalid type for '" + place + "': expected a string or an array of parts.",
                place,
                "invalid_type"
            );
        for (std::size_t i = 0; i < parts->size(); ++i)
            if (auto refused =
                    part((*parts)[i], assistant, place + "[" + std::to_string(i) + "]", text))
                return refused;
        return std::nullopt;
    }

    static verdict part(
        const json::value& value, bool assistant, const std::string& place, std::string& text
    ) {
        std::string trouble;
        object_reader reader(value, place, trouble);
        const std::string type = reader.text("type").value_or("");
        const bool own = type == "output_text" || type == "refusal";
        const bool given = type == "input_text" || type == "input_image" || type == "input_file" ||
                           type == "input_audio";
        if (assistant ? !own : !given)
            return openai_refusal(
                "Invalid value: '" + type + "'. Supported values are: " +
                    (assistant ? "'output_text' and 'refusal'."
                               : "'input_text', 'input_image', and 'input_file'."),
                place + ".type"
            );
        if (type == "refusal") text += reader.text("refusal").value_or("");
        if (type.ends_with("_text")) {
            if (!reader.has("text")) return openai_missing(place + ".text");
            text += reader.text("text").value_or("");
        }
        if (!trouble.empty()) return openai_trouble(trouble);
        return std::nullopt;
    }

    verdict call(object_reader& reader, bool function) {
        const std::string id = reader.text("call_id").value_or("");
        if (id.empty()) return openai_missing(reader.place("call_id"));
        const char* arguments = function ? "arguments" : "input";
        for (const auto* member : {"name", arguments})
            if (!reader.has(member)) return openai_missing(reader.place(member));
        const std::string name = reader.text("name").value_or("");
        asked_.messages.push_back(name + " " + reader.text(arguments).value_or(""));
        calls_.made(id);
        return std::nullopt;
    }

    verdict output(object_reader& reader) {
        const std::string id = reader.text("call_id").value_or("");
        if (id.empty()) return openai_missing(reader.place("call_id"));
        const json::value* output = reader.any("output");
        if (!output) return openai_missing(reader.place("output"));
        if (!calls_.answer(id))
            return openai_refusal(
                "No tool call found for function call output with call_id " + id + ".", "input", ""
            );
        return text_of(*output, false, reader.place("output"), asked_.messages.emplace_back());
    }

    verdict reasoning(object_reader& reader) {
        const json::array* summary = reader.list("summary");
        if (!summary) return openai_missing(reader.place("summary"));
        std::string text;
        for (const json::value& part : *summary)
            if (const json::object* o = part.if_object())
                if (const json::value* said = o->if_contains("text"); said && said->is_string())
                    text += std::string_view(said->get_string());
        const json::value* encrypted = reader.any("encrypted_content");
        const bool given = encrypted && encrypted->is_string();
        asked_.replayed.push_back({text, given ? std::string(encrypted->get_string()) : ""});
        return std::nullopt;
    }

    question& asked_;
    call_order calls_;
    std::string trouble_;
};

}  // namespace

verdict check_responses_input(const json::value& input, question& asked) {
    if (input.is_string()) {
        asked.messages.emplace_back(input.get_string());
        return std::nullopt;
    }
    const json::array* items = input.if_array();
    if (!items)
        return openai_refusal(
            "Invalid type for 'input': expected a string or an array of items.",
            "input",
            "invalid_type"
        );
    input_check check(asked);
    for (std::size_t i = 0; i < items->size(); ++i)
        if (auto refused = check.item((*items)[i], "input[" + std::to_string(i) + "]"))
            return refused;
    if (auto refused = check.end()) return refused;
    if (asked.messages.empty())
        return openai_refusal("Invalid 'input': empty array.", "input", "empty_array");
    return std::nullopt;
}

}  // namespace riva::llm::scripted
