#include "scripted/openai_refusal.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
}

}  // namespace

request_refusal openai_refusal(std::string message, std::string param, std::string code) {
    return {400, std::move(message), std::move(param), std::move(code)};
}

request_refusal openai_missing(const std::string& param) {
    return openai_refusal(
        "Missing required parameter: '" + param + "'.", param, "missing_required_parameter"
    );
}

request_refusal openai_trouble(const std::string& trouble) {
    const std::string place = trouble.substr(0, trouble.find(": "));
    const std::string what = trouble.substr(place.size() + 2);
    if (what == "there is no such member")
        return openai_refusal(
            "Unrecognized request argument supplied: " + place, place, "unknown_parameter"
        );
    return openai_refusal("Invalid value for '" + place + "': " + what + ".", place);
}

std::string openai_error(const request_refusal& r) {
    const json::object error{
        {"message", r.message},
        {"type", r.type},
        {"param", text_or_null(r.param)},
        {"code", text_or_null(r.code)},
    };
    return json::serialize(json::object{{"error", error}});
}

}  // namespace riva::llm::scripted
