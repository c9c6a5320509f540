#include "scripted/schema_check.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

using verdict = std::optional<std::string>;

constexpr std::array types{
    "object",
    "array",
    "string",
    "number",
    "integer",
    "boolean",
    "null",
};
constexpr std::array refused_keywords{
    "allOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "propertyNames",
    "unevaluatedProperties",
};

verdict check(const json::value& schema, const std::string& place);

std::string said(const std::string& place, std::string_view what) {
    return "In context=" + place + ", " + std::string(what);
}

std::string below(const std::string& place, std::string_view step) {
    const bool root = place == "()";
    return place.substr(0, place.size() - 1) + (root ? "'" : ", '") + std::string(step) + "')";
}

bool is_type(const json::value& name) {
    return name.is_string() &&
           std::find(types.begin(), types.end(), name.get_string()) != types.end();
}

bool has_type(const json::object& schema, std::string_view name) {
    const json::value* type = schema.if_contains("type");
    if (!type) return false;
    const auto same = [&](const json::value& v) { return v.is_string() && v.get_string() == name; };
    if (const json::array* several = type->if_array())
        return std::any_of(several->begin(), several->end(), same);
    return same(*type);
}

verdict check_type(const json::object& schema, const std::string& place) {
    const json::value* type = schema.if_contains("type");
    if (!type) {
        for (const auto* other : {"$ref", "anyOf", "enum", "const"})
            if (schema.contains(other)) return std::nullopt;
        return said(place, "schema must have a 'type' key.");
    }
    const json::array* several = type->if_array();
    const bool known =
        several ? !several->empty() && std::all_of(several->begin(), several->end(), is_type)
                : is_type(*type);
    if (known) return std::nullopt;
    return said(place, "'type' is not one of the JSON types.");
}

verdict check_object(const json::object& schema, const std::string& place) {
    const json::value* closed = schema.if_contains("additionalProperties");
    if (!closed || !closed->is_bool() || closed->get_bool())
        return said(place, "'additionalProperties' is required to be supplied and to be false.");

    const json::value* listed = schema.if_contains("properties");
    if (listed && !listed->is_object()) return said(place, "'properties' must be an object.");
    const json::object none;
    const json::object& properties = listed ? listed->get_object() : none;

    const json::value* required = schema.if_contains("required");
    const json::array nothing;
    const json::array& names = required && required->is_array() ? required->get_array() : nothing;
    for (const auto& property : properties) {
        const json::value name(property.key());
        if (std::find(names.begin(), names.end(), name) == names.end())
            return said(
                place,
                "'required' is required to be supplied and to be an array including every key in "
                "properties. Missing '" +
                    std::string(property.key()) + "'."
            );
    }
    for (const json::value& name : names)
        if (!name.is_string() || !properties.contains(name.get_string()))
            return said(place, "'required' names a key that is not in properties.");
    for (const auto& property : properties)
        if (auto wrong = check(property.value(), below(below(place, "properties"), property.key())))
            return wrong;
    return std::nullopt;
}

verdict check_children(const json::object& schema, const std::string& place) {
    if (has_type(schema, "array")) {
        const json::value* items = schema.if_contains("items");
        if (!items) return said(place, "array schema missing items.");
        if (auto wrong = check(*items, below(place, "items"))) return wrong;
    }
    if (const json::value* any = schema.if_contains("anyOf")) {
        if (!any->is_array() || any->get_array().empty())
            return said(place, "'anyOf' must be a list of schemas.");
        std::size_t i = 0;
        for (const json::value& one : any->get_array())
            if (auto wrong = check(one, below(below(place, "anyOf"), std::to_string(i++))))
                return wrong;
    }
    if (const json::value* named = schema.if_contains("$defs")) {
        if (!named->is_object()) return said(place, "'$defs' must be an object.");
        for (const auto& one : named->get_object())
            if (auto wrong = check(one.value(), below(below(place, "$defs"), one.key())))
                return wrong;
    }
    return std::nullopt;
}

verdict check(const json::value& value, const std::string& place) {
    const json::object* schema = value.if_object();
    if (!schema) return said(place, "a schema must be an object.");
    for (const auto* keyword : refused_keywords)
        if (schema->contains(keyword))
            return said(place, "'" + std::string(keyword) + "' is not permitted.");
    if (auto wrong = check_type(*schema, place)) return wrong;
    if (has_type(*schema, "object"))
        if (auto wrong = check_object(*schema, place)) return wrong;
    return check_children(*schema, place);
}

}  // namespace

std::optional<std::string> strict_schema_fault(const json::value& schema) {
    if (!schema.is_object() || !has_type(schema.get_object(), "object"))
        return "schema must be a JSON Schema of 'type: \"object\"'.";
    return check(schema, "()");
}

std::optional<std::string> open_object_fault(const json::value& value) {
    if (const json::array* several = value.if_array()) {
        for (const json::value& one : *several)
            if (auto open = open_object_fault(one)) return open;
        return std::nullopt;
    }
    const json::object* schema = value.if_object();
    if (!schema) return std::nullopt;
    const json::value* closed = schema->if_contains("additionalProperties");
    if (has_type(*schema, "object") && (!closed || *closed != json::value(false)))
        return "For 'object' type, 'additionalProperties' must be explicitly set to false";
    for (const auto* inner : {"items", "anyOf", "allOf"})
        if (const json::value* found = schema->if_contains(inner))
            if (auto open = open_object_fault(*found)) return open;
    for (const auto* inner : {"properties", "$defs"})
        if (const json::value* found = schema->if_contains(inner); found && found->is_object())
            for (const auto& one : found->get_object())
                if (auto open = open_object_fault(one.value())) return open;
    return std::nullopt;
}

std::string schema_title(const json::value& schema) {
    const json::object* object = schema.if_object();
    const json::value* title = object ? object->if_contains("title") : nullptr;
    return title && title->is_string() ? std::string(title->get_string()) : "";
}

}  // namespace riva::llm::scripted
