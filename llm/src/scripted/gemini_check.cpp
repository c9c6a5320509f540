#include "scripted/gemini_check.hpp"

#include "scripted/gemini_contents.hpp"
#include "scripted/object_reader.hpp"
#include "scripted/schema_check.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

using verdict = std::optional<request_refusal>;

constexpr std::int64_t most_tokens = 1'000'000;

// Members that the server takes without a look at their value.
constexpr std::array passed_members{
    "cachedContent",
    "labels",
    "model",
    "safetySettings",
    "serviceTier",
    "store",
};
constexpr std::array passed_configuration{
    "audioTimestamp",
    "candidateCount",
    "enableAffectiveDialog",
    "enableEnhancedCivicAnswers",
    "imageConfig",
    "logprobs",
    "mediaResolution",
    "responseFormat",
    "responseLogprobs",
    "responseModalities",
    "routingConfig",
    "speechConfig",
    "stopSequences",
};

request_refusal refusal_of(const std::string& trouble) {
    const std::string place = trouble.substr(0, trouble.find(": "));
    const std::string what = trouble.substr(place.size() + 2);
    if (what == "there is no such member")
        return gemini_refusal(
            "Invalid JSON payload received. Unknown name \"" +
            place.substr(place.find_last_of('.') + 1) + "\": Cannot find field."
        );
    return gemini_refusal("Invalid value at '" + place + "': " + what);
}

bool is_function_name(const std::string& name) {
    const auto begins = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    const auto goes_on = [&](char c) {
        return begins(c) || (c >= '0' && c <= '9') || c == '.' || c == ':' || c == '-';
    };
    return !name.empty() && name.size() <= 64 && begins(name.front()) &&
           std::all_of(name.begin(), name.end(), goes_on);
}

verdict check_function(object_reader function, question& asked) {
    offered_tool tool;
    tool.name = function.text("name").value_or("");
    if (!is_function_name(tool.name))
        return gemini_refusal(
            "Invalid function name. Must start with a letter or an underscore, and hold letters, "
            "digits, underscores, dots, colons and dashes, at most 64: '" +
            tool.name + "'."
        );
    function.text("description");
    for (const auto* member : {"behavior", "response", "responseJsonSchema"}) function.any(member);
    for (const auto* member : {"parameters", "parametersJsonSchema"})
        if (const json::value* schema = function.any(member)) {
            if (!tool.parameters.is_null())
                return gemini_refusal(
                    "Only one of parameters and parametersJsonSchema can be set for function '" +
                    tool.name + "'."
                );
            tool.parameters = *schema;
        }
    function.refuse_others();
    asked.tools.push_back(std::move(tool));
    return std::nullopt;
}

verdict check_choice(object_reader& request, question& asked) {
    auto configuration = request.object("toolConfig");
    if (!configuration) return std::nullopt;
    configuration->any("retrievalConfig");
    configuration->any("includeServerSideToolInvocations");
    if (auto calling = configuration->object("functionCallingConfig")) {
        const auto mode =
            calling->choice("mode", {"MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"});
        const auto names = calling->texts("allowedFunctionNames");
        calling->any("streamFunctionCallArguments");
        calling->refuse_others();
        asked.call_demanded = mode == 2U;
        if (asked.call_demanded && asked.tools.empty())
            return gemini_refusal("Function calling config is set without function_declarations.");
        if (!names.empty() && mode != 2U && mode != 4U)
            return gemini_refusal(
                "Allowed function names can only be set when the mode is ANY or VALIDATED."
            );
        if (!names.empty() && asked.call_demanded) asked.demanded_tool = names.front();
        for (const std::string& name : names)
            if (std::none_of(asked.tools.begin(), asked.tools.end(), [&](const auto& tool) {
                    return tool.name == name;
                }))
                return gemini_refusal("Allowed function name '" + name + "' is not declared.");
    }
    configuration->refuse_others();
    return std::nullopt;
}

verdict check_tools(object_reader& request, question& asked) {
    const json::array* tools = request.list("tools");
    for (std::size_t i = 0; tools && i < tools->size(); ++i) {
        const std::string place = "tools[" + std::to_string(i) + "]";
        object_reader tool((*tools)[i], place, request.trouble());
        const json::array* functions = tool.list("functionDeclarations");
        for (std::size_t f = 0; functions && f < functions->size(); ++f) {
            const std::string where = tool.place("functionDeclarations[" + std::to_string(f) + "]");
            if (auto refused =
                    check_function(object_reader((*functions)[f], where, request.trouble()), asked))
                return refused;
        }
    }
    return check_choice(request, asked);
}

verdict check_schema(object_reader& configuration, question& asked) {
    const std::string type = configuration.text("responseMimeType").value_or("text/plain");
    for (const auto* member : {"responseSchema", "responseJsonSchema"}) {
        const json::value* schema = configuration.any(member);
        if (!schema || schema->is_null()) continue;
        if (type != "application/json" && type != "text/x.enum")
            return gemini_refusal(
                "Response schema is only supported with responseMimeType 'application/json'."
            );
        if (!asked.schema.is_null())
            return gemini_refusal("Only one of responseSchema and responseJsonSchema can be set.");
        if (!schema->is_object()) configuration.wrong(member, "expected a schema");
        asked.schema = *schema;
        asked.purpose = schema_title(*schema);
    }
    return std::nullopt;
}

verdict check_configuration(object_reader& request, question& asked) {
    auto configuration = request.object("generationConfig");
    if (!configuration) return std::nullopt;
    configuration->whole("maxOutputTokens", 1, most_tokens);
    configuration->number("temperature", 0, 2);
    configuration->number("topP", 0, 1);
    configuration->number("topK", 0, 1e9);
    configuration->number("presencePenalty", -2, 2);
    configuration->number("frequencyPenalty", -2, 2);
    configuration->whole("seed", INT32_MIN, INT32_MAX);
    if (auto refused = check_schema(*configuration, asked)) return refused;
    if (auto thinking = configuration->object("thinkingConfig")) {
        thinking->flag("includeThoughts");
        thinking->whole("thinkingBudget", -1);
        thinking->any("thinkingLevel");
        if (thinking->has("thinkingBudget") && thinking->has("thinkingLevel"))
            return gemini_refusal("You can only set one of thinking budget and thinking level.");
        thinking->refuse_others();
    }
    for (const auto* member : passed_configuration) configuration->any(member);
    configuration->refuse_others();
    return std::nullopt;
}

verdict check_members(object_reader& request, question& asked) {
    for (const auto* member : {"systemInstruction", "system_instruction"})
        if (const json::value* system = request.any(member))
            if (auto refused = check_gemini_system(*system, asked)) return refused;
    if (!request.has("contents"))
        return gemini_refusal("* GenerateContentRequest.contents: contents is not specified");
    if (auto refused = check_gemini_contents(*request.any("contents"), asked)) return refused;
    if (auto refused = check_tools(request, asked)) return refused;
    if (auto refused = check_configuration(request, asked)) return refused;
    for (const auto* member : passed_members) request.any(member);
    request.refuse_others();
    return std::nullopt;
}

}  // namespace

gemini_path gemini_path_of(std::string_view path) {
    for (const std::string_view prefix : {"/v1beta/models/", "/v1/models/"}) {
        if (!path.starts_with(prefix)) continue;
        const std::string_view rest = path.substr(prefix.size());
        const std::size_t colon = rest.rfind(':');
        if (colon == std::string_view::npos || colon == 0) continue;
        return {rest.substr(0, colon), rest.substr(colon + 1)};
    }
    return {};
}

answered<question> check_gemini_request(const http_call& call) {
    std::string trouble;
    auto document = parse_json(call.body, trouble);
    if (!document) return gemini_refusal("Invalid JSON payload received. " + trouble);
    if (!document->is_object())
        return gemini_refusal("Invalid JSON payload received. Root element must be a message.");
    const gemini_path path = gemini_path_of(call.path());
    question asked;
    asked.model = std::string(path.model);
    asked.only_count = path.method == "countTokens";
    asked.stream = path.method == "streamGenerateContent";
    asked.as_list = asked.stream && call.parameter("alt") != "sse";
    asked.include_usage = true;
    if (asked.only_count)
        if (const json::value* inner =
                document->get_object().if_contains("generateContentRequest")) {
            json::value whole = *inner;
            document = std::move(whole);
        }
    object_reader request(*document, "", trouble);
    if (auto refused = check_members(request, asked)) return *refused;
    if (!trouble.empty()) return refusal_of(trouble);
    return asked;
}

}  // namespace riva::llm::scripted
