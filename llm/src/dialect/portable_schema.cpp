#include "portable_schema.hpp"

#include "../json_text.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace riva::llm {
namespace {

namespace json = boost::json;

// Keywords that every provider takes as they are.
constexpr std::array<std::string_view, 9> plain{
    "$ref", "type", "title", "description", "enum", "const", "required", "default", "$comment"
};
constexpr std::array<std::string_view, 10> formats{
    "date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"
};

std::string_view view(json::string_view text) {
    return {text.data(), text.size()};
}

template <class Names>
bool contains(const Names& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

json::value simplified(const json::value& schema);

json::object each_simplified(const json::object& schemas) {
    json::object made;
    for (const auto& [name, schema] : schemas) made[name] = simplified(schema);
    return made;
}

json::array each_simplified(const json::array& schemas) {
    json::array made;
    for (const json::value& schema : schemas) made.push_back(simplified(schema));
    return made;
}

bool is_known_format(const json::value& value) {
    return value.is_string() && contains(formats, view(value.get_string()));
}

bool is_zero_or_one(const json::value& value) {
    return value == json::value(0) || value == json::value(1);
}

/// Puts a keyword with schemas inside it into `made`; false when it is none of those.
bool add_nested(json::object& made, std::string_view name, const json::value& value) {
    if ((name == "properties" || name == "$defs") && value.is_object())
        made[name] = each_simplified(value.get_object());
    else if (name == "items" && value.is_object())
        made[name] = simplified(value);
    else if ((name == "anyOf" || name == "allOf") && value.is_array())
        made[name] = each_simplified(value.get_array());
    else if (name == "oneOf" && value.is_array())
        made["anyOf"] = each_simplified(value.get_array());
    else
        return false;
    return true;
}

/// `{minimum: 1, maximum: 9}`, as the provider's own SDK writes what it cannot send.
void describe(json::object& made, const std::string& left_out) {
    if (left_out.empty()) return;
    const json::value* said = made.if_contains("description");
    std::string text;
    if (said != nullptr && said->is_string()) text = std::string(view(said->get_string())) + "\n\n";
    made["description"] = text + "{" + left_out + "}";
}

bool is_object_schema(const json::object& schema) {
    const json::value* type = schema.if_contains("type");
    if (type == nullptr) return schema.contains("properties");
    if (const auto* types = type->if_array())
        return std::ranges::find(*types, json::value("object")) != types->end();
    return *type == json::value("object");
}

json::value simplified(const json::value& value) {
    const json::object* schema = value.if_object();
    if (schema == nullptr) return value;
    json::object made;
    std::string left_out;
    for (const auto& [key, each] : *schema) {
        const std::string_view name = view(key);
        if (add_nested(made, name, each) || name == "additionalProperties") continue;
        const bool kept = contains(plain, name) || (name == "format" && is_known_format(each)) ||
                          (name == "minItems" && is_zero_or_one(each));
        if (kept) {
            made[name] = each;
            continue;
        }
        if (!left_out.empty()) left_out += ", ";
        left_out.append(name).append(": ").append(json::serialize(each));
    }
    if (is_object_schema(*schema)) made["additionalProperties"] = false;
    describe(made, left_out);
    return made;
}

bool all_strict(const json::value& schema);

bool requires_all(const json::object& schema) {
    const json::value* properties = schema.if_contains("properties");
    if (properties == nullptr) return true;
    if (!properties->is_object()) return false;
    const json::value* required = schema.if_contains("required");
    const json::array* names = required ? required->if_array() : nullptr;
    return std::ranges::all_of(properties->get_object(), [&](const auto& property) {
        const json::value name(property.key());
        return names != nullptr && std::ranges::find(*names, name) != names->end();
    });
}

bool nested_are_strict(std::string_view name, const json::value& value) {
    if (name == "items") return all_strict(value);
    if ((name == "anyOf" || name == "allOf") && value.is_array())
        return std::ranges::all_of(value.get_array(), all_strict);
    if ((name == "properties" || name == "$defs") && value.is_object())
        return std::ranges::all_of(value.get_object(), [](const auto& each) {
            return all_strict(each.value());
        });
    return true;
}

bool all_strict(const json::value& value) {
    const json::object* schema = value.if_object();
    if (schema == nullptr) return false;
    if (is_object_schema(*schema)) {
        const json::value* additional = schema->if_contains("additionalProperties");
        const bool closed = additional != nullptr && *additional == json::value(false);
        if (!closed || !requires_all(*schema)) return false;
    }
    return std::ranges::all_of(*schema, [](const auto& each) {
        return nested_are_strict(view(each.key()), each.value());
    });
}

}  // namespace

std::string portable_schema(std::string_view schema) {
    const auto parsed = parse_json(schema);
    if (!parsed || !parsed->is_object()) return std::string(schema);
    return json::serialize(simplified(*parsed));
}

bool is_strict(const json::value& schema) {
    const json::object* root = schema.if_object();
    return root != nullptr && root->if_contains("type") != nullptr &&
           root->at("type") == json::value("object") && all_strict(schema);
}

std::string schema_in_words(const answer_schema& schema) {
    return "Answer with one JSON object that fits this JSON schema, and nothing else:\n" +
           schema.text;
}

}  // namespace riva::llm
