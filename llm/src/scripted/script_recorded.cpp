#include "scripted/script_recorded.hpp"

#include "scripted/script_status.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>

namespace riva::llm::scripted {

namespace json = boost::json;

recorded_response read_recorded(object_reader reader) {
    constexpr double hour_ms = 3'600'000;
    recorded_response found;
    found.status = static_cast<unsigned>(reader.whole("status", 200, 599).value_or(200));
    found.headers = read_headers(reader);
    found.stream = reader.flag("stream").value_or(false);
    const json::array* parts = reader.list("parts");
    for (std::size_t i = 0; parts && i < parts->size(); ++i) {
        const std::string place = reader.place("parts[" + std::to_string(i) + "]");
        object_reader part((*parts)[i], place, reader.trouble());
        const double wait_ms = part.number("wait_ms", 0, hour_ms).value_or(0);
        found.parts.push_back({wait_ms, part.text("text").value_or("")});
        part.refuse_others();
    }
    reader.refuse_others();
    return found;
}

json::object recorded_json(const recorded_response& r) {
    json::object headers;
    for (const auto& [name, value] : r.headers) headers[name] = value;
    json::array parts;
    for (const auto& part : r.parts)
        parts.push_back(json::object{{"wait_ms", part.wait_ms}, {"text", part.bytes}});
    return {
        {"status", r.status},
        {"headers", std::move(headers)},
        {"stream", r.stream},
        {"parts", std::move(parts)},
    };
}

response again(const recorded_response& r, double time_scale) {
    response given;
    given.status = r.status;
    given.headers = r.headers;
    given.stream = r.stream;
    for (const auto& part : r.parts) {
        const auto wait = static_cast<std::int64_t>(part.wait_ms * time_scale * 1e6);
        given.body.push_back({part.bytes, std::chrono::nanoseconds(wait), false});
    }
    return given;
}

}  // namespace riva::llm::scripted
