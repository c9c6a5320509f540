#include "json_schema.hpp"

#include "json_text.hpp"
#include "utf8.hpp"

#include <riva/llm/error.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

namespace riva::llm {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 7> annotations{
    "title", "description", "default", "examples", "$schema", "$id", "$comment"
};
constexpr std::array<std::string_view, 7> type_names{
    "object", "array", "string", "integer", "number", "boolean", "null"
};

std::string_view view(json::string_view text) {
    return {text.data(), text.size()};
}

template <class Names>
bool contains(const Names& names, json::string_view name) {
    return std::ranges::find(names, view(name)) != std::end(names);
}

// ---- Is the schema one that can be checked?

error unusable(const std::string& path, std::string_view why) {
    return {errc::bad_request, "the answer schema at " + path + " " + std::string(why)};
}

result<void> check_schema(const json::value& schema, const std::string& path);

result<void> check_each(const json::value& list, const std::string& path) {
    if (!list.is_array() || list.get_array().empty()) return unusable(path, "is no list");
    for (std::size_t i = 0; i < list.get_array().size(); ++i) {
        const auto checked =
            check_schema(list.get_array()[i], path + "[" + std::to_string(i) + "]");
        if (!checked) return checked;
    }
    return {};
}

bool is_type(const json::value& name) {
    return name.is_string() && contains(type_names, name.get_string());
}

bool is_type_union(const json::value& value) {
    if (is_type(value)) return true;
    return value.is_array() && !value.get_array().empty() &&
           std::ranges::all_of(value.get_array(), is_type);
}

bool is_name_list(const json::value& value) {
    return value.is_array() && std::ranges::all_of(value.get_array(), [](const json::value& v) {
               return v.is_string();
           });
}

bool is_bound(json::string_view keyword) {
    static constexpr std::array<std::string_view, 6> bounds{
        "minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength"
    };
    return contains(bounds, keyword);
}

result<void> check_keyword(
    json::string_view name, const json::value& value, const std::string& path
) {
    if (name == "properties") {
        if (!value.is_object()) return unusable(path, "is no object");
        for (const auto& [key, each] : value.get_object())
            if (auto checked = check_schema(each, path + "." + std::string(view(key))); !checked)
                return checked;
        return {};
    }
    if (name == "items") return check_schema(value, path);
    if (name == "anyOf") return check_each(value, path);
    bool fine = false;
    if (name == "type")
        fine = is_type_union(value);
    else if (name == "required")
        fine = is_name_list(value);
    else if (name == "additionalProperties")
        fine = value.is_bool();
    else if (name == "enum")
        fine = value.is_array() && !value.get_array().empty();
    else if (is_bound(name))
        fine = value.is_number();
    else
        fine = name == "const" || contains(annotations, name);
    if (fine) return {};
    return unusable(path, "is not in the portable subset of JSON schema");
}

result<void> check_schema(const json::value& schema, const std::string& path) {
    if (!schema.is_object()) return unusable(path, "is no object");
    for (const auto& [name, value] : schema.get_object()) {
        const std::string below = path + "." + printable(view(name), 60);
        if (auto checked = check_keyword(name, value, below); !checked) return checked;
    }
    return {};
}

// ---- Does a value fit?

/// Where a value first went wrong; deeper means that more of it was right.
struct flaw {
    std::size_t depth = 0;
    std::string text;
};

using verdict = std::optional<flaw>;

/// The path to the value under judgement.
struct place {
    const place* parent = nullptr;
    std::string step = "$";
    std::size_t depth = 0;

    std::string path() const { return parent ? parent->path() + step : step; }
    place below(std::string to) const { return {this, std::move(to), depth + 1}; }
    verdict flawed(const std::string& why) const { return flaw{depth, path() + " " + why}; }
};

bool equal(const json::value& a, const json::value& b) {
    if (a.is_number() && b.is_number() && (a.is_double() || b.is_double()))
        return a.to_number<double>() == b.to_number<double>();
    return a == b;
}

bool has_type(const json::value& value, json::string_view type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_bool();
    if (type == "null") return value.is_null();
    if (type == "number") return value.is_number();
    const bool whole = value.is_double() && std::trunc(value.get_double()) == value.get_double();
    return value.is_int64() || value.is_uint64() || whole;
}

std::string shown(const json::value& value) {
    return printable(json::serialize(value), 80);
}

verdict fits(const json::value& value, const json::object& schema, const place& at);

verdict fits_type(const json::value& value, const json::value& types, const place& at) {
    const auto matches = [&](const json::value& t) { return has_type(value, t.get_string()); };
    const bool fine =
        types.is_string() ? matches(types) : std::ranges::any_of(types.get_array(), matches);
    if (fine) return {};
    return at.flawed("must be of type " + json::serialize(types) + " but is " + shown(value));
}

verdict fits_any(const json::value& value, const json::array& alternatives, const place& at) {
    verdict closest;
    for (const json::value& each : alternatives) {
        verdict tried = fits(value, each.get_object(), at);
        if (!tried) return {};
        if (!closest || tried->depth > closest->depth) closest = std::move(tried);
    }
    closest->text = "fits none of the alternatives of " + at.path() + "; closest: " + closest->text;
    return closest;
}

verdict fits_object(const json::object& value, const json::object& schema, const place& at) {
    if (const auto* required = schema.if_contains("required"))
        for (const json::value& name : required->get_array())
            if (!value.contains(name.get_string()))
                return at.flawed("lacks the property " + json::serialize(name));
    const auto* properties = schema.if_contains("properties");
    const auto* additional = schema.if_contains("additionalProperties");
    const bool closed = additional && !additional->get_bool();
    for (const auto& [name, each] : value) {
        const auto* known = properties ? properties->get_object().if_contains(name) : nullptr;
        if (!known && closed)
            return at.flawed("has the unknown property '" + printable(view(name), 60) + "'");
        if (!known) continue;
        const place inside = at.below("." + printable(view(name), 60));
        if (verdict flawed = fits(each, known->get_object(), inside)) return flawed;
    }
    return {};
}

verdict fits_items(const json::array& value, const json::value& items, const place& at) {
    for (std::size_t i = 0; i < value.size(); ++i) {
        const place inside = at.below("[" + std::to_string(i) + "]");
        if (verdict flawed = fits(value[i], items.get_object(), inside)) return flawed;
    }
    return {};
}

/// Checks `measure` against the bounds of that kind, if there are any.
verdict fits_bounds(
    double measure,
    std::string_view kind,
    std::string_view what,
    const json::object& schema,
    const place& at
) {
    const std::string suffix(kind);
    if (const auto* least = schema.if_contains("min" + suffix))
        if (measure < least->to_number<double>())
            return at.flawed(std::string(what) + " must be at least " + json::serialize(*least));
    if (const auto* most = schema.if_contains("max" + suffix))
        if (measure > most->to_number<double>())
            return at.flawed(std::string(what) + " must be at most " + json::serialize(*most));
    return {};
}

verdict fits_value(const json::value& value, const json::object& schema, const place& at) {
    if (value.is_object()) return fits_object(value.get_object(), schema, at);
    if (value.is_number())
        return fits_bounds(value.to_number<double>(), "imum", "as a number", schema, at);
    if (value.is_string()) {
        const auto length = static_cast<double>(count_code_points(view(value.get_string())));
        return fits_bounds(length, "Length", "in characters", schema, at);
    }
    if (!value.is_array()) return {};
    const auto size = static_cast<double>(value.get_array().size());
    if (verdict flawed = fits_bounds(size, "Items", "in items", schema, at)) return flawed;
    const auto* items = schema.if_contains("items");
    return items ? fits_items(value.get_array(), *items, at) : verdict();
}

verdict fits(const json::value& value, const json::object& schema, const place& at) {
    if (const auto* types = schema.if_contains("type"))
        if (verdict flawed = fits_type(value, *types, at)) return flawed;
    const auto same = [&](const json::value& allowed) { return equal(value, allowed); };
    if (const auto* wanted = schema.if_contains("const"))
        if (!same(*wanted)) return at.flawed("must be " + shown(*wanted));
    if (const auto* allowed = schema.if_contains("enum"))
        if (std::ranges::none_of(allowed->get_array(), same))
            return at.flawed("must be one of " + shown(*allowed) + " but is " + shown(value));
    if (const auto* alternatives = schema.if_contains("anyOf"))
        if (verdict flawed = fits_any(value, alternatives->get_array(), at)) return flawed;
    return fits_value(value, schema, at);
}

}  // namespace

result<json_schema> json_schema::parse(std::string_view text) {
    auto parsed = parse_json(text);
    if (!parsed) return unusable("$", "is " + parsed.error().context);
    if (auto checked = check_schema(*parsed, "$"); !checked) return checked.error();
    json_schema schema;
    schema.root_ = std::move(*parsed);
    return schema;
}

std::optional<std::string> json_schema::mismatch(const json::value& value) const {
    verdict flawed = fits(value, root_.get_object(), place());
    if (!flawed) return std::nullopt;
    return std::move(flawed->text);
}

char json_schema::opening_bracket() const {
    const auto* type = root_.get_object().if_contains("type");
    if (!type || !type->is_string()) return 0;
    const json::string& name = type->get_string();
    return name == "object" ? '{' : name == "array" ? '[' : '\0';
}

}  // namespace riva::llm
