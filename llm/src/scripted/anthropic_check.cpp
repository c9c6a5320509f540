#include "scripted/anthropic_check.hpp"

#include "scripted/anthropic_messages.hpp"
#include "scripted/object_reader.hpp"
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
constexpr std::int64_t least_budget = 1024;

// Members of a request that the server takes without a look at their value.
constexpr std::array passed_members{
    "cache_control",
    "container",
    "context_management",
    "inference_geo",
    "mcp_servers",
    "metadata",
    "service_tier",
    "speed",
    "stop_sequences",
};

constexpr std::array sampling_members{"temperature", "top_p", "top_k"};

verdict missing(const std::string& place) {
    return anthropic_refusal(place + ": Field required");
}

request_refusal refusal_of(const std::string& trouble) {
    constexpr std::string_view unknown = "there is no such member";
    if (!trouble.ends_with(unknown)) return anthropic_refusal(trouble);
    return anthropic_refusal(
        trouble.substr(0, trouble.size() - unknown.size()) + "Extra inputs are not permitted"
    );
}

verdict check_sampling(object_reader& request, bool newer) {
    for (const auto* member : sampling_members)
        if (newer && request.has(member))
            return anthropic_refusal(
                std::string(member) + ": this parameter is not supported by anthropic-version " +
                std::string(anthropic_without_sampling)
            );
    request.number("temperature", 0, 1);
    request.number("top_p", 0, 1);
    request.whole("top_k", 0);
    return std::nullopt;
}

verdict check_thinking(object_reader& request, std::int64_t max_tokens, bool& thinks) {
    auto thinking = request.object("thinking");
    if (!thinking) return std::nullopt;
    const auto type = thinking->choice("type", {"enabled", "adaptive", "disabled"});
    if (!type) return missing("thinking.type");
    thinks = type != 2U;
    thinking->any("display");
    if (type == 0U) {
        const auto budget = thinking->whole("budget_tokens", least_budget);
        if (!thinking->has("budget_tokens")) return missing("thinking.enabled.budget_tokens");
        if (budget && *budget >= max_tokens && max_tokens > 0)
            return anthropic_refusal("`max_tokens` must be greater than `thinking.budget_tokens`");
    }
    thinking->refuse_others();
    return std::nullopt;
}

verdict check_tool(object_reader tool, question& asked) {
    const std::string type = tool.text("type").value_or("custom");
    if (type != "custom") return std::nullopt;  // run by the provider, or with a schema of its own
    offered_tool offered;
    offered.name = tool.text("name").value_or("");
    if (!is_plain_name(offered.name, 128))
        return anthropic_refusal(
            tool.place("custom.name") + ": String should match pattern '^[a-zA-Z0-9_-]{1,128}$'"
        );
    tool.text("description");
    const json::value* schema = tool.any("input_schema");
    if (!schema) return missing(tool.place("custom.input_schema"));
    const json::object* object = schema->if_object();
    const json::value* kind = object ? object->if_contains("type") : nullptr;
    if (!kind || *kind != json::value("object"))
        return anthropic_refusal(
            tool.place("custom.input_schema.type") + ": Input should be 'object'"
        );
    offered.parameters = *schema;
    const bool strict = tool.flag("strict").value_or(false);
    for (const auto* member :
         {"cache_control",
          "defer_loading",
          "allowed_callers",
          "input_examples",
          "eager_input_streaming"})
        tool.any(member);
    tool.refuse_others();
    if (const auto open = strict ? open_object_fault(*schema) : std::nullopt)
        return anthropic_refusal(tool.place("custom.input_schema") + ": " + *open);
    asked.tools.push_back(std::move(offered));
    return std::nullopt;
}

verdict check_tool_choice(object_reader& request, bool thinks, question& asked) {
    auto choice = request.object("tool_choice");
    if (!choice) return std::nullopt;
    if (!request.has("tools"))
        return anthropic_refusal("tool_choice may only be specified while providing tools.");
    const auto type = choice->choice("type", {"auto", "any", "tool", "none"});
    choice->flag("disable_parallel_tool_use");
    asked.call_demanded = type == 1U || type == 2U;
    if (asked.call_demanded && thinks)
        return anthropic_refusal("Thinking may not be enabled when tool_choice forces tool use.");
    if (type == 2U) {
        asked.demanded_tool = choice->text("name").value_or("");
        const auto same = [&](const offered_tool& t) { return t.name == asked.demanded_tool; };
        if (std::none_of(asked.tools.begin(), asked.tools.end(), same))
            return anthropic_refusal(
                "Tool '" + asked.demanded_tool + "' not found in provided tools"
            );
    }
    choice->refuse_others();
    return std::nullopt;
}

verdict check_tools(object_reader& request, bool thinks, question& asked) {
    const json::array* tools = request.list("tools");
    for (std::size_t i = 0; tools && i < tools->size(); ++i) {
        const std::string place = "tools." + std::to_string(i);
        if (auto refused = check_tool(object_reader((*tools)[i], place, request.trouble()), asked))
            return refused;
    }
    for (std::size_t i = 1; i < asked.tools.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (asked.tools[i].name == asked.tools[j].name)
                return anthropic_refusal("tools: Tool names must be unique.");
    return check_tool_choice(request, thinks, asked);
}

verdict check_output(object_reader& request, question& asked) {
    auto output = request.object("output_config");
    if (!output) return std::nullopt;
    output->choice("effort", {"low", "medium", "high", "xhigh", "max"});
    output->any("task_budget");
    const json::value* given = output->any("format");
    if (given && !given->is_null()) {
        auto format = output->object("format");
        format->choice("type", {"json_schema"});
        const json::value* schema = format->any("schema");
        if (!schema) return missing("output_config.format.schema");
        if (const auto open = open_object_fault(*schema))
            return anthropic_refusal("output_config.format.schema: " + *open);
        asked.schema = *schema;
        asked.purpose = schema_title(*schema);
        format->refuse_others();
    }
    output->refuse_others();
    return std::nullopt;
}

verdict check_members(object_reader& request, bool newer, question& asked) {
    if (!request.has("model")) return missing("model");
    asked.model = request.text("model").value_or("");
    if (asked.model.empty())
        return anthropic_refusal("model: String should have at least 1 character");
    if (!asked.only_count && !request.has("max_tokens")) return missing("max_tokens");
    const std::int64_t max_tokens = request.whole("max_tokens", 1, most_tokens).value_or(0);
    if (const json::value* system = request.any("system"))
        if (auto refused = anthropic_text(*system, "system", asked.messages.emplace_back()))
            return refused;
    if (!request.has("messages")) return missing("messages");
    if (auto refused = check_anthropic_messages(*request.any("messages"), newer, asked))
        return refused;
    asked.stream = request.flag("stream").value_or(false);
    asked.include_usage = true;
    bool thinks = false;
    if (auto refused = check_sampling(request, newer)) return refused;
    if (auto refused = check_thinking(request, max_tokens, thinks)) return refused;
    if (auto refused = check_tools(request, thinks, asked)) return refused;
    if (auto refused = check_output(request, asked)) return refused;
    for (const auto* member : passed_members) request.any(member);
    request.refuse_others();
    return std::nullopt;
}

}  // namespace

answered<question> check_anthropic_request(const http_call& call, bool only_count) {
    const std::string_view version = call.header("anthropic-version");
    if (version.empty()) return anthropic_refusal("anthropic-version: header is required");
    std::string trouble;
    const auto document = parse_json(call.body, trouble);
    if (!document) return anthropic_refusal("The request body is not valid JSON: " + trouble);
    if (!document->is_object()) return anthropic_refusal("Input should be an object");
    question asked;
    asked.only_count = only_count;
    object_reader request(*document, "", trouble);
    // Versions are dates, which sort as texts do.
    const bool newer = version >= anthropic_without_sampling;
    if (auto refused = check_members(request, newer, asked)) return *refused;
    if (!trouble.empty()) return refusal_of(trouble);
    return asked;
}

}  // namespace riva::llm::scripted
