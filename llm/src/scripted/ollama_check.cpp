#include "scripted/ollama_check.hpp"

#include "scripted/object_reader.hpp"
#include "scripted/schema_check.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

using verdict = std::optional<request_refusal>;

constexpr std::int64_t usual_context = 4096;
constexpr std::int64_t most_context = 10'000'000;

request_refusal refusal(std::string message) {
    return {400, std::move(message), "", ""};
}

class message_list_check {
public:
    explicit message_list_check(question& asked) : asked_(asked) {}

    verdict message(const json::value& value, const std::string& place, std::string& trouble) {
        object_reader reader(value, place, trouble);
        const auto role = reader.choice("role", {"system", "user", "assistant", "tool"});
        if (!role && trouble.empty()) reader.wrong("role", "it is missing");
        std::string text = reader.text("content").value_or("");
        reader.text("thinking");
        reader.list("images");
        if (role == 3U && open_calls_ == 0)
            return refusal(place + ": a message of a tool has to follow a call of a tool");
        open_calls_ = role == 3U ? open_calls_ - 1 : calls(reader, text);
        asked_.messages.push_back(std::move(text));
        return std::nullopt;
    }

private:
    // How many calls the message makes.
    static std::size_t calls(object_reader& reader, std::string& text) {
        const json::array* list = reader.list("tool_calls");
        for (std::size_t i = 0; list && i < list->size(); ++i) {
            const std::string place = reader.place("tool_calls[" + std::to_string(i) + "]");
            object_reader call((*list)[i], place, reader.trouble());
            auto function = call.object("function");
            if (!function) {
                call.wrong("function", "it is missing");
                continue;
            }
            if (function->text("name").value_or("").empty())
                function->wrong("name", "it is missing");
            const json::value* arguments = function->any("arguments");
            if (!arguments || !arguments->is_object())
                function->wrong("arguments", "expected an object");
            else
                text += function->text("name").value_or("") + " " + json::serialize(*arguments);
        }
        return list ? list->size() : 0;
    }

    question& asked_;
    std::size_t open_calls_ = 0;
};

void check_tools(object_reader& request, question& asked) {
    const json::array* tools = request.list("tools");
    for (std::size_t i = 0; tools && i < tools->size(); ++i) {
        const std::string place = "tools[" + std::to_string(i) + "]";
        object_reader tool((*tools)[i], place, request.trouble());
        auto function = tool.object("function");
        if (!function) {
            tool.wrong("function", "it is missing");
            continue;
        }
        offered_tool offered;
        offered.name = function->text("name").value_or("");
        if (offered.name.empty()) function->wrong("name", "it is missing");
        if (const json::value* parameters = function->any("parameters"))
            offered.parameters = *parameters;
        asked.tools.push_back(std::move(offered));
    }
}

void check_format(object_reader& request, question& asked) {
    const json::value* format = request.any("format");
    if (!format || format->is_null()) return;
    if (format->is_object()) {
        asked.schema = *format;
        asked.purpose = schema_title(*format);
    } else if (*format != json::value("json") && *format != json::value("")) {
        request.wrong("format", "expected \"json\" or a JSON schema");
    }
}

void check_options(object_reader& request, question& asked) {
    asked.context_tokens = usual_context;
    const json::value* given = request.any("options");
    if (!given || given->is_null()) return;
    auto options = request.object("options");
    asked.context_tokens = options->whole("num_ctx", 1, most_context).value_or(usual_context);
    options->whole("num_predict", -2);
    options->whole("seed", INT64_MIN);
    options->whole("top_k", INT32_MIN);
    options->number("temperature", 0, 1e9);
    options->number("top_p", 0, 1e9);
    options->texts("stop");
}

}  // namespace

answered<question> check_ollama_request(std::string_view body) {
    std::string trouble;
    const auto document = parse_json(body, trouble);
    if (!document) return refusal("invalid JSON: " + trouble);
    question asked;
    object_reader request(*document, "", trouble);
    asked.model = request.text("model").value_or("");
    if (asked.model.empty() && trouble.empty()) return refusal("model is required");
    const json::array* messages = request.list("messages");
    message_list_check check(asked);
    for (std::size_t i = 0; messages && i < messages->size(); ++i)
        if (auto refused =
                check.message((*messages)[i], "messages[" + std::to_string(i) + "]", trouble))
            return *refused;
    asked.stream = request.flag("stream").value_or(true);
    asked.include_usage = true;
    check_tools(request, asked);
    check_format(request, asked);
    check_options(request, asked);
    if (!trouble.empty()) return refusal(trouble);
    if (asked.messages.empty()) return refusal("messages: at least one message is required");
    return asked;
}

}  // namespace riva::llm::scripted
