#include "scripted/schema_value.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

// A schema that refers to itself without end has no value at all.
constexpr int deepest = 64;
constexpr int most_values = 10'000;
constexpr std::size_t longest = 4096;  // of a list or text, however long the schema wants it

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> formats{{
    {"date-time", "2000-01-01T00:00:00Z"},
    {"date", "2000-01-01"},
    {"time", "00:00:00Z"},
    {"duration", "P1D"},
    {"email", "a@example.com"},
    {"hostname", "example.com"},
    {"uri", "http://example.com/"},
    {"ipv4", "127.0.0.1"},
    {"uuid", "00000000-0000-4000-8000-000000000000"},
}};

double number_at(const json::object& schema, const char* key, double otherwise) {
    const json::value* found = schema.if_contains(key);
    return found && found->is_number() ? found->to_number<double>() : otherwise;
}

std::size_t count_at(const json::object& schema, const char* key) {
    const double wanted = number_at(schema, key, 0);
    return wanted > 0 ? static_cast<std::size_t>(std::min(wanted, double(longest))) : 0;
}

const json::array* list_at(const json::object& schema, const char* key) {
    const json::value* found = schema.if_contains(key);
    const json::array* list = found ? found->if_array() : nullptr;
    return list && !list->empty() ? list : nullptr;
}

std::string lower(std::string_view text) {
    std::string low(text);
    for (char& c : low)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return low;
}

class value_maker {
public:
    value_maker(const json::value& root, std::string_view choose) : root_(root), choose_(choose) {}

    json::value make(const json::value& value, int depth) {
        const json::object* schema = value.if_object();
        if (!schema || depth > deepest || ++made_ > most_values) return nullptr;
        if (const json::value* only = schema->if_contains("const")) return *only;
        if (const json::array* values = list_at(*schema, "enum")) return chosen(*values);
        if (const json::value* target = referred(*schema)) return make(*target, depth + 1);
        for (const auto* key : {"anyOf", "oneOf"})
            if (const json::array* options = list_at(*schema, key))
                return make(simplest(*options), depth + 1);
        if (const json::array* parts = list_at(*schema, "allOf")) return merged(*parts, depth);
        return of_type(type_of(*schema), *schema, depth);
    }

private:
    const json::value& chosen(const json::array& values) const {
        const auto found = std::find_if(values.begin(), values.end(), [&](const json::value& one) {
            return one.is_string() && std::string_view(one.get_string()) == choose_;
        });
        return found != values.end() ? *found : values.front();
    }

    static std::string type_of(const json::object& schema) {
        const json::value* type = schema.if_contains("type");
        if (const json::array* several = list_at(schema, "type")) type = &several->front();
        if (type && type->is_string()) return lower(type->get_string());
        if (schema.contains("properties")) return "object";
        return schema.contains("items") ? "array" : "object";
    }

    // The first that does not lead back to itself, as far as one can see from here.
    static const json::value& simplest(const json::array& options) {
        for (const json::value& option : options)
            if (option.is_object() && !option.get_object().contains("$ref")) return option;
        return options.front();
    }

    const json::value* referred(const json::object& schema) const {
        const json::value* reference = schema.if_contains("$ref");
        if (!reference || !reference->is_string()) return nullptr;
        const std::string_view text = reference->get_string();
        if (text == "#") return &root_;
        if (!text.starts_with("#/")) return nullptr;
        boost::system::error_code missing;
        return root_.find_pointer(text.substr(1), missing);
    }

    json::value merged(const json::array& parts, int depth) {
        json::object all;
        for (const json::value& part : parts) {
            const json::value made = make(part, depth + 1);
            if (!made.is_object()) return made;
            for (const auto& member : made.get_object()) all[member.key()] = member.value();
        }
        return all;
    }

    json::value of_type(const std::string& type, const json::object& schema, int depth) {
        if (type == "object") return object(schema, depth);
        if (type == "array") return array(schema, depth);
        if (type == "string") return text(schema);
        if (type == "integer") return integer(schema);
        if (type == "number") return number(schema);
        if (type == "boolean") return false;
        return nullptr;
    }

    json::value object(const json::object& schema, int depth) {
        json::object made;
        const json::value* listed = schema.if_contains("properties");
        const json::object* properties = listed ? listed->if_object() : nullptr;
        const json::array* required = list_at(schema, "required");
        if (!properties || !required) return made;
        for (const json::value& name : *required) {
            const json::value* property =
                name.is_string() ? properties->if_contains(name.get_string()) : nullptr;
            if (property) made[name.get_string()] = make(*property, depth + 1);
        }
        return made;
    }

    json::value array(const json::object& schema, int depth) {
        json::array made;
        const json::value* items = schema.if_contains("items");
        for (std::size_t i = count_at(schema, "minItems"); items && i > 0; --i)
            made.push_back(make(*items, depth + 1));
        return made;
    }

    static json::value text(const json::object& schema) {
        const json::value* format = schema.if_contains("format");
        if (format && format->is_string())
            for (const auto& [name, example] : formats)
                if (name == format->get_string()) return json::value(example);
        return json::value(std::string(count_at(schema, "minLength"), 'a'));
    }

    static json::value integer(const json::object& schema) {
        double least = std::ceil(number_at(schema, "minimum", 0));
        const double above = number_at(schema, "exclusiveMinimum", least - 1);
        least = std::max(least, std::floor(above) + 1);
        least = std::min(least, std::floor(number_at(schema, "maximum", least)));
        return static_cast<std::int64_t>(least);
    }

    static json::value number(const json::object& schema) {
        const double least = number_at(schema, "minimum", 0);
        return std::min(least, number_at(schema, "maximum", least));
    }

    const json::value& root_;
    std::string_view choose_;
    int made_ = 0;
};

}  // namespace

json::value smallest_value(const json::value& schema, std::string_view choose) {
    return value_maker(schema, choose).make(schema, 0);
}

}  // namespace riva::llm::scripted
