#include "judgment.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace riva::agents {

namespace json = boost::json;

const std::string_view judgment_schema_name = "riva_judgment";

namespace {

// The first is what somebody says who does not read.
constexpr std::string_view reject = "reject";
constexpr std::string_view unsure = "unsure";
constexpr std::string_view accept = "accept";

/// Members of an object are unique after parsing, so doubled ones are looked for in the text.
bool is_doubled(std::string_view text, const std::string& nonce) {
    const std::string quoted = "\"" + nonce + "\"";
    const auto first = text.find(quoted);
    return first != text.npos && text.find(quoted, first + 1) != text.npos;
}

opinion read_one(const json::value* said) {
    const json::object* fields = said != nullptr ? said->if_object() : nullptr;
    if (fields == nullptr) return {verdict::fail, "The judge gave no verdict on it."};
    const json::value* word = fields->if_contains("verdict");
    const json::value* why = fields->if_contains("reason");
    opinion o;
    if (why != nullptr && why->is_string()) o.reason = std::string(why->get_string());
    if (word == nullptr || !word->is_string())
        return {verdict::fail, "The judge gave no verdict on it."};
    if (word->get_string() == accept)
        o.result = verdict::pass;
    else if (word->get_string() == unsure)
        o.result = verdict::indeterminate;
    else if (word->get_string() != reject)
        o.reason = "The judge gave a verdict that does not exist.";
    return o;
}

}  // namespace

std::string judgment_schema(const std::vector<std::string>& nonces) {
    const json::object one{
        {"type", "object"},
        {"additionalProperties", false},
        {"required", {"reason", "verdict"}},
        {"properties",
         {{"reason", {{"type", "string"}}},
          {"verdict", {{"type", "string"}, {"enum", {reject, unsure, accept}}}}}},
    };
    json::object properties;
    json::array required;
    for (const auto& nonce : nonces) {
        properties[nonce] = one;
        required.emplace_back(nonce);
    }
    return json::serialize(json::object{
        {"type", "object"},
        {"additionalProperties", false},
        {"required", std::move(required)},
        {"properties", std::move(properties)},
    });
}

std::vector<opinion> read_judgment(std::string_view text, const std::vector<std::string>& nonces) {
    const auto all = [&](std::string why) {
        return std::vector<opinion>(nonces.size(), {verdict::fail, std::move(why)});
    };
    boost::system::error_code malformed;
    const json::value parsed = json::parse(text, malformed);
    const json::object* said = malformed ? nullptr : parsed.if_object();
    if (said == nullptr) return all("The judge answered something that is no judgment.");
    for (const auto& member : *said)
        if (std::ranges::find(nonces, std::string_view(member.key())) == nonces.end())
            return all("The judge gave a verdict on something that it was not asked about.");

    std::vector<opinion> opinions;
    for (const auto& nonce : nonces) {
        if (is_doubled(text, nonce))
            opinions.push_back({verdict::fail, "The judge gave two verdicts on it."});
        else
            opinions.push_back(read_one(said->if_contains(nonce)));
    }
    return opinions;
}

}  // namespace riva::agents
