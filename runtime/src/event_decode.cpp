#include "event_members/all.hpp"
#include "event_names.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <cstdio>
#include <ctime>
#include <limits>

namespace riva {
namespace {

namespace json = boost::json;

/// Thrown inside of the decoder only; carries the sentence.
struct malformed {
    std::string why;
};

template <class T>
    requires std::is_class_v<T>
void decode(const json::value& from, T& into);

void decode(const json::value& from, action& into);

void decode(const json::value& from, std::string& into) {
    if (!from.is_string()) throw malformed{"is no text"};
    into = std::string(from.get_string());
}

void decode(const json::value& from, bool& into) {
    if (!from.is_bool()) throw malformed{"is neither true nor false"};
    into = from.get_bool();
}

void decode(const json::value& from, double& into) {
    json::error_code failed;
    into = from.to_number<double>(failed);
    if (failed) throw malformed{"is no number"};
}

template <class T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
void decode(const json::value& from, T& into) {
    json::error_code failed;
    into = from.to_number<T>(failed);
    if (failed) throw malformed{"is no whole number in range"};
}

void decode(const json::value& from, std::chrono::milliseconds& into) {
    std::int64_t count = 0;
    decode(from, count);
    into = std::chrono::milliseconds(count);
}

template <class E>
    requires std::is_enum_v<E>
void decode(const json::value& from, E& into) {
    std::string name;
    decode(from, name);
    const auto found = from_name<E>(name);
    if (!found) throw malformed{"has an unknown value"};
    into = *found;
}

template <class T>
void decode(const json::value& from, std::optional<T>& into) {
    if (from.is_null()) return into.reset();
    decode(from, into.emplace());
}

template <class T>
void decode(const json::value& from, std::vector<T>& into) {
    if (!from.is_array()) throw malformed{"is no list"};
    into.clear();
    for (const auto& item : from.get_array()) decode(item, into.emplace_back());
}

template <class T>
void decode(const json::value& from, std::map<std::string, T>& into) {
    if (!from.is_object()) throw malformed{"is no object"};
    for (const auto& item : from.get_object()) decode(item.value(), into[std::string(item.key())]);
}

/// Reads members out of an object.
struct reader {
    const json::object& from;

    template <class T>
    void operator()(std::string_view name, T& value) {
        const json::value* member = from.if_contains(name);
        if (member == nullptr) throw malformed{std::string(name) + " is missing"};
        try {
            decode(*member, value);
        } catch (const malformed& e) {
            throw malformed{std::string(name) + " " + e.why};
        }
    }

    /// A member that a journal of an earlier version does not have.
    template <class T>
    void added(std::string_view name, T& value) {
        if (from.contains(name)) (*this)(name, value);
    }
};

/// Makes the alternative with this index.
template <class Variant, std::size_t Index = 0>
void emplace(Variant& into, std::size_t index) {
    if constexpr (Index < std::variant_size_v<Variant>) {
        if (index == Index)
            into.template emplace<Index>();
        else
            emplace<Variant, Index + 1>(into, index);
    }
}

void decode(const json::value& from, action& into) {
    if (!from.is_object()) throw malformed{"is no object"};
    reader r{from.get_object()};
    std::string type;
    r("type", type);
    action candidate;
    for (std::size_t i = 0; i < std::variant_size_v<action>; ++i) {
        emplace(candidate, i);
        if (kind_name(candidate) != type) continue;
        std::visit([&](auto& a) { event_members::members(r, a); }, candidate);
        into = std::move(candidate);
        return;
    }
    throw malformed{"has an unknown type"};
}

template <class T>
    requires std::is_class_v<T>
void decode(const json::value& from, T& into) {
    if (!from.is_object()) throw malformed{"is no object"};
    reader r{from.get_object()};
    event_members::members(r, into);
}

std::chrono::sys_time<std::chrono::milliseconds> parse_time(const std::string& text) {
    std::tm utc{};
    int milliseconds = 0;
    int length = 0;
    const int read = std::sscanf(
        text.c_str(),
        "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n",
        &utc.tm_year,
        &utc.tm_mon,
        &utc.tm_mday,
        &utc.tm_hour,
        &utc.tm_min,
        &utc.tm_sec,
        &milliseconds,
        &length
    );
    if (read != 7 || length != static_cast<int>(text.size())) throw malformed{"t is no time"};
    utc.tm_year -= 1900;
    utc.tm_mon -= 1;
    return std::chrono::sys_time<std::chrono::milliseconds>(
        std::chrono::seconds(::timegm(&utc)) + std::chrono::milliseconds(milliseconds)
    );
}

event decode_event(const json::value& line) {
    if (!line.is_object()) throw malformed{"it is no object"};
    reader r{line.get_object()};
    event e;
    std::string time, type;
    int version = 0;
    r("v", version);
    if (version != 1) throw malformed{"its version is not 1"};
    r("seq", e.seq);
    r("t", time);
    r("run", e.run);
    r("type", type);
    e.time = parse_time(time);
    for (std::size_t i = 0; i < event_type_names.size(); ++i) {
        if (event_type_names[i] != type) continue;
        emplace(e.body, i);
        std::visit([&](auto& body) { event_members::members(r, body); }, e.body);
        return e;
    }
    throw malformed{"its type is unknown"};
}

}  // namespace

result<event> event_from_json(std::string_view line) {
    json::error_code failed;
    json::parse_options options;
    options.max_depth = 64;
    const json::value parsed =
        json::parse(json::string_view(line.data(), line.size()), failed, {}, options);
    if (failed)
        return error{
            errc::malformed_event, "A journal entry is not JSON: " + failed.message() + "."
        };
    try {
        return decode_event(parsed);
    } catch (const malformed& e) {
        return error{errc::malformed_event, "A journal entry cannot be read: " + e.why + "."};
    }
}

}  // namespace riva
