#include "scripted/responses_check.hpp"

#include "scripted/object_reader.hpp"
#include "scripted/openai_body.hpp"
#include "scripted/openai_refusal.hpp"
#include "scripted/responses_input.hpp"
#include "scripted/schema_check.hpp"
#include "scripted/tool_check.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <utility>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

using verdict = std::optional<request_refusal>;

constexpr std::int64_t most_tokens = 1'000'000;

// Members of a request that the server takes without a look at their value.
constexpr std::array passed_members{
    "background",
    "client_metadata",
    "context_management",
    "conversation",
    "include",
    "max_tool_calls",
    "metadata",
    "moderation",
    "prompt",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "safety_identifier",
    "service_tier",
    "store",
    "top_logprobs",
    "truncation",
    "user",
};

verdict check_schema(object_reader& format, question& asked) {
    asked.purpose = format.text("name").value_or("");
    if (!is_plain_name(asked.purpose))
        format.wrong("name", "expected 1 to 64 letters, digits, '_' and '-'");
    format.text("description");
    const json::value* strict = format.any("strict");
    const json::value* schema = format.any("schema");
    if (!schema || !schema->is_object()) {
        format.wrong("schema", "expected a JSON schema");
        return std::nullopt;
    }
    asked.schema = *schema;
    if (!strict || !strict->is_bool() || !strict->get_bool()) return std::nullopt;
    if (const auto open = strict_schema_fault(*schema))
        return openai_refusal(
            "Invalid schema for response_format '" + asked.purpose + "': " + *open,
            "text.format.schema",
            "invalid_json_schema"
        );
    return std::nullopt;
}

verdict check_text(object_reader& request, question& asked) {
    auto text = request.object("text");
    if (!text) return std::nullopt;
    text->any("verbosity");
    if (auto format = text->object("format")) {
        const auto type = format->choice("type", {"text", "json_object", "json_schema"});
        if (!format->has("type")) return openai_missing("text.format.type");
        if (type == 2U)
            if (auto refused = check_schema(*format, asked)) return refused;
        format->refuse_others();
    }
    text->refuse_others();
    return std::nullopt;
}

verdict check_tools(object_reader& request, question& asked) {
    const json::array* tools = request.list("tools");
    for (std::size_t i = 0; tools && i < tools->size(); ++i) {
        const std::string place = "tools[" + std::to_string(i) + "]";
        object_reader tool((*tools)[i], place, request.trouble());
        if (!tool.has("type")) return openai_missing(place + ".type");
        // Tools that the provider itself runs need no more than their type.
        if (tool.text("type") != "function") continue;
        if (auto refused = check_function(tool, asked)) return refused;
    }
    return check_choice(request, false, asked);
}

verdict check_sampling(object_reader& request, const question& asked) {
    request.number("temperature", 0, 2);
    request.number("top_p", 0, 1);
    std::string effort = "medium";
    if (auto reasoning = request.object("reasoning")) {
        const auto chosen = reasoning->any("effort");
        if (chosen && !chosen->is_null()) {
            reasoning->choice(
                "effort", {"none", "minimal", "low", "medium", "high", "xhigh", "max"}
            );
            effort = reasoning->text("effort").value_or(effort);
        }
        for (const auto* member : {"summary", "generate_summary", "context"})
            reasoning->any(member);
        reasoning->refuse_others();
    }
    for (const auto* name : {"temperature", "top_p"})
        if (asked.model.starts_with("gpt-6") && effort != "none" && request.has(name))
            return openai_refusal(
                "Unsupported parameter: '" + std::string(name) +
                    "' is not supported with this model.",
                name,
                "unsupported_parameter"
            );
    return std::nullopt;
}

verdict check_streaming(object_reader& request, question& asked) {
    asked.stream = request.flag("stream").value_or(false);
    asked.include_usage = true;
    auto options = request.object("stream_options");
    if (!options) return std::nullopt;
    options->flag("include_obfuscation");
    options->refuse_others();
    if (asked.stream) return std::nullopt;
    return openai_refusal(
        "The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options"
    );
}

verdict check_members(object_reader& request, question& asked) {
    if (!request.has("model")) return openai_missing("model");
    asked.model = request.text("model").value_or("");
    if (asked.model.empty()) request.wrong("model", "expected the name of a model");
    if (const auto instructions = request.text("instructions"))
        asked.messages.push_back(*instructions);
    if (!request.has("input")) return openai_missing("input");
    if (auto refused = check_responses_input(*request.any("input"), asked)) return refused;
    if (request.any("previous_response_id"))
        return openai_refusal(
            "Previous response with id '" + request.text("previous_response_id").value_or("") +
                "' not found.",
            "previous_response_id",
            "previous_response_not_found"
        );
    if (auto refused = check_streaming(request, asked)) return refused;
    if (auto refused = check_text(request, asked)) return refused;
    if (auto refused = check_tools(request, asked)) return refused;
    if (auto refused = check_sampling(request, asked)) return refused;
    request.whole("max_output_tokens", 16, most_tokens);
    for (const auto* member : passed_members) request.any(member);
    request.refuse_others();
    return std::nullopt;
}

// Null means the same as leaving a member out.
void drop_nulls(json::object& request) {
    for (auto member = request.begin(); member != request.end();)
        member = member->value().is_null() ? request.erase(member) : member + 1;
}

}  // namespace

answered<question> check_responses_request(std::string_view body) {
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
