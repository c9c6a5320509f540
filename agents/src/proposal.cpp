#include "proposal.hpp"

#include <riva/agents/error.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <optional>

namespace riva::agents {

namespace json = boost::json;

const std::string_view proposal_schema_name = "riva_action";
const std::string_view proposal_schema = R"({
  "type": "object",
  "additionalProperties": false,
  "required": ["thought", "action", "expectation", "done"],
  "properties": {
    "thought": {"type": "string"},
    "action": {
      "type": "object",
      "additionalProperties": false,
      "required": ["type", "path", "content", "edits", "argv", "command", "cwd", "query", "pattern"],
      "properties": {
        "type": {"type": "string", "enum": ["create", "edit", "delete", "command", "query"]},
        "path": {"type": ["string", "null"]},
        "content": {"type": ["string", "null"]},
        "edits": {
          "type": ["array", "null"],
          "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["find", "replace"],
            "properties": {"find": {"type": "string"}, "replace": {"type": "string"}}
          }
        },
        "argv": {"type": ["array", "null"], "items": {"type": "string"}},
        "command": {"type": ["string", "null"]},
        "cwd": {"type": ["string", "null"]},
        "query": {"type": ["string", "null"]},
        "pattern": {"type": ["string", "null"]}
      }
    },
    "expectation": {"type": "string"},
    "done": {"type": "boolean"}
  }
})";

const std::string_view plan_schema_name = "riva_decomposition";
const std::string_view plan_schema = R"({
  "type": "object",
  "additionalProperties": false,
  "required": ["reason", "children"],
  "properties": {
    "reason": {"type": "string"},
    "children": {
      "type": "array",
      "items": {
        "type": "object",
        "additionalProperties": false,
        "required": ["what", "acceptance", "check", "paths", "needs"],
        "properties": {
          "what": {"type": "string"},
          "acceptance": {"type": "string"},
          "check": {"type": ["string", "null"]},
          "paths": {"type": "array", "items": {"type": "string"}},
          "needs": {"type": "array", "items": {"type": "integer"}}
        }
      }
    }
  }
})";

namespace {

error malformed(std::string why) {
    return {errc::malformed_proposal, std::move(why)};
}

/// The text of a member; nothing if it is absent, null or no string.
std::optional<std::string> text(const json::object& from, std::string_view name) {
    const json::value* value = from.if_contains(name);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return std::string(value->get_string());
}

std::vector<std::string> texts(const json::object& from, std::string_view name) {
    std::vector<std::string> all;
    const json::value* value = from.if_contains(name);
    if (value == nullptr || !value->is_array()) return all;
    for (const auto& item : value->get_array())
        if (item.is_string()) all.emplace_back(item.get_string());
    return all;
}

result<json::object> parse_object(std::string_view text) {
    json::error_code failed;
    json::parse_options options;
    options.max_depth = 64;
    json::value value = json::parse(text, failed, {}, options);
    if (failed || !value.is_object()) return malformed("The answer is not a JSON object.");
    return std::move(value.get_object());
}

result<action> parse_file_action(std::string_view type, const json::object& from) {
    const auto path = text(from, "path");
    if (!path || path->empty())
        return malformed("An action of type " + std::string(type) + " needs a path.");
    if (type == "delete") return action(delete_file{*path});
    if (type == "create") {
        auto content = text(from, "content");
        if (!content) return malformed("An action of type create needs content.");
        return action(create_file{*path, std::move(*content)});
    }
    const json::value* edits = from.if_contains("edits");
    if (edits == nullptr || !edits->is_array() || edits->get_array().empty())
        return malformed("An action of type edit needs at least one of edits.");
    edit_file change{*path, {}};
    for (const auto& item : edits->get_array()) {
        if (!item.is_object())
            return malformed("Each of edits is an object with find and replace.");
        auto find = text(item.get_object(), "find");
        auto replace = text(item.get_object(), "replace");
        if (!find || !replace) return malformed("Each of edits needs find and replace.");
        change.replacements.push_back({std::move(*find), std::move(*replace)});
    }
    return action(std::move(change));
}

result<action> parse_command(const json::object& from) {
    run_command run{texts(from, "argv"), text(from, "cwd").value_or("")};
    const json::value* words = from.if_contains("argv");
    if (words != nullptr && words->is_array() && words->get_array().size() != run.argv.size())
        return malformed("Each word of argv is a text.");
    const auto line = text(from, "command");
    if (run.argv.empty() == !(line && !line->empty()))
        return malformed("An action of type command needs either argv or command.");
    if (run.argv.empty()) run.argv = {"sh", "-c", *line};
    return action(std::move(run));
}

result<action> parse_query(const json::object& from) {
    const auto kind = text(from, "query").value_or("");
    query ask{
        query_kind::list, text(from, "path").value_or(""), text(from, "pattern").value_or("")
    };
    if (kind == "read")
        ask.kind = query_kind::read;
    else if (kind == "search")
        ask.kind = query_kind::search;
    else if (kind != "list")
        return malformed("An action of type query needs query to be read, search or list.");
    if (ask.kind == query_kind::read && ask.path.empty())
        return malformed("A query to read needs a path.");
    if (ask.kind == query_kind::search && ask.pattern.empty())
        return malformed("A query to search needs a pattern.");
    return action(std::move(ask));
}

result<action> parse_action(const json::object& from) {
    const auto type = text(from, "type").value_or("");
    if (type == "create" || type == "edit" || type == "delete")
        return parse_file_action(type, from);
    if (type == "command") return parse_command(from);
    if (type == "query") return parse_query(from);
    return malformed("The type of an action is create, edit, delete, command or query.");
}

result<intention> parse_part(const json::value& from, std::size_t position) {
    const std::string where = "Part " + std::to_string(position);
    if (!from.is_object()) return malformed(where + " is not an object.");
    const json::object& part = from.get_object();
    intention it;
    it.id = std::to_string(position);
    it.what = text(part, "what").value_or("");
    it.acceptance = text(part, "acceptance").value_or("");
    it.check = text(part, "check").value_or("");
    it.paths = texts(part, "paths");
    if (it.what.find_first_not_of(" \t\r\n") == std::string::npos)
        return malformed(where + " has no text.");
    const json::value* needs = part.if_contains("needs");
    if (needs == nullptr || !needs->is_array()) return it;
    for (const auto& need : needs->get_array()) {
        // A part may need earlier ones only, so needs cannot be circular.
        if (!need.is_int64() || need.get_int64() < 1 ||
            need.get_int64() >= static_cast<std::int64_t>(position))
            return malformed(where + " needs a part that does not come before it.");
        it.needs.push_back(std::to_string(need.get_int64()));
    }
    return it;
}

}  // namespace

result<proposal> parse_proposal(std::string_view answer) {
    auto object = parse_object(answer);
    if (!object) return object.error();
    const json::value* inner = object->if_contains("action");
    if (inner == nullptr || !inner->is_object()) return malformed("The answer has no action.");
    auto parsed = parse_action(inner->get_object());
    if (!parsed) return parsed.error();
    const json::value* done = object->if_contains("done");
    proposal p;
    p.thought = text(*object, "thought").value_or("");
    p.action = std::move(*parsed);
    p.expectation = text(*object, "expectation").value_or("");
    p.done = done == nullptr || !done->is_bool() || done->get_bool();
    return p;
}

result<plan> parse_plan(std::string_view answer, int most) {
    auto object = parse_object(answer);
    if (!object) return object.error();
    plan p;
    p.reason = text(*object, "reason").value_or("");
    const json::value* children = object->if_contains("children");
    if (children == nullptr || !children->is_array())
        return malformed("The answer has no list of children.");
    const json::array& parts = children->get_array();
    if (parts.size() < 2)
        return error{errc::not_divisible, "The model sees no way to split the task."};
    if (parts.size() > static_cast<std::size_t>(most))
        return malformed(
            "The task was split into " + std::to_string(parts.size()) + " parts; at most " +
            std::to_string(most) + " are allowed."
        );
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto part = parse_part(parts[i], i + 1);
        if (!part) return part.error();
        p.parts.push_back(std::move(*part));
    }
    return p;
}

}  // namespace riva::agents
