#include "scripted/request_check.hpp"

#include "scripted/message_check.hpp"
#include "scripted/object_reader.hpp"
#include "scripted/openai_body.hpp"
#include "scripted/openai_refusal.hpp"
#include "scripted/schema_check.hpp"
#include "scripted/tool_check.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

using verdict = std::optional<request_refusal>;

constexpr std::int64_t most_tokens = 1'000'000;

// Members of a request that the server takes without a look at their value.
constexpr std::array passed_members{
    "audio",
    "function_call",
    "functions",
    "logit_bias",
    "logprobs",
    "metadata",
    "modalities",
    "prediction",
    "prompt_cache_key",
    "prompt_cache_retention",
    "safety_identifier",
    "service_tier",
    "store",
    "top_logprobs",
    "user",
    "verbosity",
    "web_search_options",
};

// Members for which null means the same as leaving them out.
constexpr std::array nullable_members{
    "frequency_penalty",
    "logit_bias",
    "max_completion_tokens",
    "max_tokens",
    "metadata",
    "n",
    "presence_penalty",
    "reasoning_effort",
    "seed",
    "service_tier",
    "stop",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_p",
};

verdict check_schema_format(object_reader& format, question& asked) {
    auto schema = format.object("json_schema");
    if (!schema)
        return openai_refusal(
            "Missing required parameter: 'response_format.json_schema'.",
            "response_format.json_schema",
            "missing_required_parameter"
        );
    const std::string name = schema->text("name").value_or("");
    if (!is_plain_name(name))
        schema->wrong("name", "expected 1 to 64 letters, digits, '_' and '-'");
    schema->text("description");
    const bool strict = schema->flag("strict").value_or(false);
    const json::value* tree = schema->any("schema");
    if (!tree || !tree->is_object()) schema->wrong("schema", "expected a JSON schema");
    schema->refuse_others();
    if (!format.trouble().empty()) return openai_trouble(format.trouble());
    asked.purpose = name;
    asked.schema = *tree;
    if (!strict) return std::nullopt;
    const auto fault = strict_schema_fault(*tree);
    if (!fault) return std::nullopt;
    return openai_refusal(
        "Invalid schema for response_format '" + name + "': " + *fault, "response_format"
    );
}

verdict check_format(object_reader& request, question& asked) {
    auto format = request.object("response_format");
    if (!format) return std::nullopt;
    const auto type = format->choice("type", {"text", "json_object", "json_schema"});
    if (!type && !format->has("type")) format->wrong("type", "it is missing");
    if (type == 2U)
        if (auto refused = check_schema_format(*format, asked)) return refused;
    if (type != 2U) format->any("json_schema");
    format->refuse_others();
    if (type != 1U) return std::nullopt;
    const auto names_json = [](const std::string& text) {
        return text.find("json") != std::string::npos || text.find("JSON") != std::string::npos;
    };
    if (std::any_of(asked.messages.begin(), asked.messages.end(), names_json)) return std::nullopt;
    return openai_refusal(
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
        "'json_object'.",
        "messages"
    );
}

void check_sampling(object_reader& request) {
    request.number("temperature", 0, 2);
    request.number("top_p", 0, 1);
    request.number("frequency_penalty", -2, 2);
    request.number("presence_penalty", -2, 2);
    request.whole("seed", INT64_MIN);
    request.choice(
        "reasoning_effort", {"none", "minimal", "low", "medium", "high", "xhigh", "max"}
    );
    request.whole("n", 1, 1);
    if (request.texts("stop").size() > 4) request.wrong("stop", "expected at most 4 texts");
}

verdict check_limits(object_reader& request) {
    request.whole("max_tokens", 1, most_tokens);
    request.whole("max_completion_tokens", 1, most_tokens);
    if (!request.has("max_tokens") || !request.has("max_completion_tokens")) return std::nullopt;
    return openai_refusal(
        "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
        "max_tokens",
        "invalid_parameter_combination"
    );
}

verdict check_streaming(object_reader& request, question& asked) {
    asked.stream = request.flag("stream").value_or(false);
    auto options = request.object("stream_options");
    if (!options) return std::nullopt;
    asked.include_usage = options->flag("include_usage").value_or(false);
    options->flag("include_obfuscation");
    options->refuse_others();
    if (asked.stream) return std::nullopt;
    return openai_refusal(
        "The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options"
    );
}

verdict check_tools(object_reader& request, question& asked) {
    const json::array* tools = request.list("tools");
    if (tools && tools->empty())
        return openai_refusal(
            "Invalid 'tools': empty array. Expected an array with minimum length 1.",
            "tools",
            "empty_array"
        );
    for (std::size_t i = 0; tools && i < tools->size(); ++i) {
        const std::string place = "tools[" + std::to_string(i) + "]";
        object_reader tool((*tools)[i], place, request.trouble());
        if (!tool.has("type")) return openai_missing(place + ".type");
        if (tool.choice("type", {"function", "custom"}) != 0U) continue;
        auto function = tool.object("function");
        if (!function) return openai_missing(place + ".function");
        if (auto refused = check_function(*function, asked)) return refused;
        tool.refuse_others();
    }
    return check_choice(request, true, asked);
}

// Reasoning models take no sampling parameters, and only the new name of the token limit.
verdict check_reasoning_model(object_reader& request, const question& asked) {
    if (!asked.model.starts_with("gpt-6")) return std::nullopt;
    const bool thinks = request.text("reasoning_effort").value_or("medium") != "none";
    const auto unsupported = [&](const char* name, const char* advice) {
        return openai_refusal(
            "Unsupported parameter: '" + std::string(name) + "' is not supported with this model." +
                advice,
            name,
            "unsupported_parameter"
        );
    };
    if (request.has("max_tokens"))
        return unsupported("max_tokens", " Use 'max_completion_tokens' instead.");
    for (const auto* name : {"temperature", "top_p"})
        if (thinks && request.has(name)) return unsupported(name, "");
    return std::nullopt;
}

void drop_nulls(json::object& request) {
    for (const auto* name : nullable_members)
        if (const json::value* value = request.if_contains(name); value && value->is_null())
            request.erase(name);
}

verdict check_members(object_reader& request, question& asked) {
    if (!request.has("model")) return openai_missing("model");
    asked.model = request.text("model").value_or("");
    if (asked.model.empty()) request.wrong("model", "expected the name of a model");
    if (!request.has("messages")) return openai_missing("messages");
    if (auto refused = check_messages(*request.any("messages"), asked.messages)) return refused;
    if (auto refused = check_streaming(request, asked)) return refused;
    if (auto refused = check_format(request, asked)) return refused;
    if (auto refused = check_tools(request, asked)) return refused;
    if (auto refused = check_limits(request)) return refused;
    if (auto refused = check_reasoning_model(request, asked)) return refused;
    check_sampling(request);
    for (const auto* member : passed_members) request.any(member);
    request.refuse_others();
    return std::nullopt;
}

}  // namespace

answered<question> check_chat_request(std::string_view body) {
    auto document = read_openai_body(body);
    if (!document) return document.error();
    drop_nulls(*document);
    const json::value whole(std::move(*document));
    std::string trouble;
    question asked;
    object_reader request(whole, "", trouble);
    if (auto refused = check_members(request, asked)) return *refused;
    if (!trouble.empty()) return openai_trouble(trouble);
    return asked;
}

}  // namespace riva::llm::scripted
