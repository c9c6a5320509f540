#include "scripted/tool_check.hpp"

#include "scripted/openai_refusal.hpp"
#include "scripted/schema_check.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <utility>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

using verdict = std::optional<request_refusal>;

bool offers(const question& asked, const std::string& name) {
    return std::any_of(asked.tools.begin(), asked.tools.end(), [&](const offered_tool& tool) {
        return tool.name == name;
    });
}

verdict check_named(object_reader& request, bool nested, question& asked) {
    auto choice = request.object("tool_choice");
    const auto type = choice->text("type");
    if (type != "function") {
        // Tools of other kinds, and lists of allowed ones, are taken without a look.
        if (!type) choice->wrong("type", "it is missing");
        return std::nullopt;
    }
    std::string name;
    if (!nested)
        name = choice->text("name").value_or("");
    else if (auto function = choice->object("function"))
        name = function->text("name").value_or("");
    if (!offers(asked, name))
        return openai_refusal(
            "Tool choice '" + name + "' not found in 'tools' parameter.", "tool_choice"
        );
    asked.call_demanded = true;
    asked.demanded_tool = name;
    return std::nullopt;
}

}  // namespace

bool is_plain_name(std::string_view name, std::size_t longest) {
    const auto allowed = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '_' || c == '-';
    };
    return !name.empty() && name.size() <= longest &&
           std::all_of(name.begin(), name.end(), allowed);
}

verdict check_function(object_reader function, question& asked) {
    offered_tool tool;
    tool.name = function.text("name").value_or("");
    if (!is_plain_name(tool.name))
        function.wrong("name", "expected 1 to 64 letters, digits, '_' and '-'");
    function.text("description");
    const json::value* parameters = function.any("parameters");
    if (parameters && !parameters->is_null()) {
        if (!parameters->is_object()) function.wrong("parameters", "expected a JSON schema");
        tool.parameters = *parameters;
    }
    const json::value* strict = function.any("strict");
    if (strict && !strict->is_bool() && !strict->is_null())
        function.wrong("strict", "expected true or false");
    const bool closed = strict && strict->is_bool() && strict->get_bool();
    const auto open = closed ? strict_schema_fault(tool.parameters) : std::nullopt;
    if (open)
        return openai_refusal(
            "Invalid schema for function '" + tool.name + "': " + *open,
            function.place("parameters"),
            "invalid_function_parameters"
        );
    asked.tools.push_back(std::move(tool));
    return std::nullopt;
}

verdict check_choice(object_reader& request, bool nested, question& asked) {
    const bool has_tools = request.has("tools");
    for (const auto* member : {"tool_choice", "parallel_tool_calls"})
        if (request.has(member) && !has_tools && nested)
            return openai_refusal(
                "Invalid value for '" + std::string(member) + "': '" + member +
                    "' is only allowed when 'tools' are specified.",
                member
            );
    request.flag("parallel_tool_calls");
    const json::value* choice = request.any("tool_choice");
    if (!choice) return std::nullopt;
    if (choice->is_object()) return check_named(request, nested, asked);
    asked.call_demanded = request.choice("tool_choice", {"none", "auto", "required"}) == 2U;
    if (asked.call_demanded && !has_tools)
        return openai_refusal(
            "Tool choice 'required' must be specified with 'tools' parameter.", "tool_choice"
        );
    return std::nullopt;
}

}  // namespace riva::llm::scripted
