#include "scripted/script_status.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

bool is_header_name(std::string_view name) {
    constexpr std::string_view extra = "!#$%&'*+-.^_`|~";
    const auto allowed = [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               extra.find(c) != std::string_view::npos;
    };
    return !name.empty() && std::all_of(name.begin(), name.end(), allowed);
}

bool is_header_value(std::string_view value) {
    return value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

bool is_framing(std::string_view name) {
    std::string lower(name);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower == "content-length" || lower == "transfer-encoding" || lower == "connection";
}

std::optional<std::string> read_body(object_reader& reader) {
    const json::value* body = reader.any("body");
    if (!body) return std::nullopt;
    if (body->is_string()) return std::string(body->get_string());
    return json::serialize(*body);
}

}  // namespace

header_list read_headers(object_reader& reader) {
    header_list headers;
    const json::value* members = reader.any("headers");
    if (!members) return headers;
    if (!members->is_object()) {
        reader.wrong("headers", "expected an object");
        return headers;
    }
    for (const auto& member : members->get_object()) {
        const std::string name(member.key());
        const json::string* value = member.value().if_string();
        if (!is_header_name(name))
            reader.wrong("headers." + name, "not a header name");
        else if (is_framing(name))
            reader.wrong("headers." + name, "the server writes this header itself");
        else if (!value || !is_header_value(*value))
            reader.wrong("headers." + name, "expected a text of one line");
        else
            headers.emplace_back(name, *value);
    }
    return headers;
}

std::optional<http_fault> read_http_fault(object_reader& reader) {
    const bool asked = reader.has("status");
    http_fault found;
    found.status = static_cast<unsigned>(reader.whole("status", 200, 599).value_or(500));
    if (found.status == 204 || found.status == 205 || found.status == 304)
        reader.wrong("status", "204, 205 and 304 have no body and cannot be scripted");
    found.headers = read_headers(reader);
    found.body = read_body(reader);
    if (asked) return found;
    for (const auto* other : {"headers", "body"})
        if (reader.has(other)) reader.wrong(other, "needs a status beside it");
    return std::nullopt;
}

}  // namespace riva::llm::scripted
