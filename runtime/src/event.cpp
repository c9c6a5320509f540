#include "event_members/all.hpp"
#include "event_names.hpp"

#include <riva/runtime/utf8.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <ctime>

namespace riva {
namespace {

namespace json = boost::json;

json::value encode(const std::string& text) {
    return json::value(is_utf8(text) ? text : to_utf8(text));
}
json::value encode(const action& what);
json::value encode(bool flag) {
    return flag;
}
json::value encode(int number) {
    return number;
}
json::value encode(std::int64_t number) {
    return number;
}
json::value encode(std::uint64_t number) {
    return number;
}
json::value encode(std::uint32_t number) {
    return std::uint64_t{number};
}
json::value encode(double number) {
    return number;
}
json::value encode(std::chrono::milliseconds span) {
    return std::int64_t{span.count()};
}

template <class E>
    requires std::is_enum_v<E>
json::value encode(E value) {
    return json::value(to_string(value));
}

template <class T>
    requires std::is_class_v<T>
json::value encode(const T& value);

template <class T>
json::value encode(const std::optional<T>& value) {
    return value ? encode(*value) : json::value();
}

template <class T>
json::value encode(const std::vector<T>& values) {
    json::array all;
    all.reserve(values.size());
    for (const auto& value : values) all.push_back(encode(value));
    return all;
}

template <class T>
json::value encode(const std::map<std::string, T>& values) {
    json::object all;
    for (const auto& [name, value] : values) all[to_utf8(name)] = encode(value);
    return all;
}

/// Writes members into an object.
struct writer {
    json::object& into;

    template <class T>
    void operator()(std::string_view name, const T& value) {
        into.emplace(name, encode(value));
    }

    template <class T>
    void added(std::string_view name, const T& value) {
        (*this)(name, value);
    }
};

json::value encode(const action& what) {
    json::object object{{"type", kind_name(what)}};
    writer w{object};
    // The members are shared with the decoder, which needs them writable.
    action copy = what;
    std::visit([&](auto& a) { event_members::members(w, a); }, copy);
    return object;
}

template <class T>
    requires std::is_class_v<T>
json::value encode(const T& value) {
    json::object object;
    writer w{object};
    event_members::members(w, const_cast<T&>(value));
    return object;
}

std::string format_time(std::chrono::sys_time<std::chrono::milliseconds> time) {
    const auto since = time.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    const std::time_t whole = seconds.count();
    std::tm utc{};
    ::gmtime_r(&whole, &utc);
    std::array<char, 80> text{};
    std::snprintf(
        text.data(),
        text.size(),
        "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
        utc.tm_year + 1900,
        utc.tm_mon + 1,
        utc.tm_mday,
        utc.tm_hour,
        utc.tm_min,
        utc.tm_sec,
        static_cast<int>((since - seconds).count())
    );
    return text.data();
}

}  // namespace

std::string_view type_name(const events::body& body) {
    return event_type_names[body.index()];
}

std::string to_json(const event& e) {
    json::object object;
    object["v"] = 1;
    object["seq"] = e.seq;
    object["t"] = format_time(e.time);
    object["run"] = encode(e.run);
    object["type"] = type_name(e.body);
    writer w{object};
    std::visit(
        [&](const auto& body) {
            event_members::members(w, const_cast<std::remove_cvref_t<decltype(body)>&>(body));
        },
        e.body
    );
    return json::serialize(object);
}

}  // namespace riva
