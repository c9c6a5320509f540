#include "catch.hpp"
#include "error_text.hpp"
#include "json_text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace json = boost::json;
using riva::llm::parse_json;

namespace {

const std::vector<std::string> texts{
    R"({"id":"c-1","choices":[{"index":0,"delta":{"content":" a\n\"b\\"},"finish_reason":null}]})",
    R"([-9223372036854775808,0,-0,1,-12,9223372036854775807,18446744073709551615,2.5,1e2,0.125E+3])",
    R"( { "a" : [ ] , "b" : { } , "c" : [ true , false , null ] } )",
    "[\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 \\u00e9\\u20ac\\ud83d\\ude00\\u0000\\/\\b\\f\\r\\t\"]",
    R"("long enough for eight bytes at once, with one \u0022 inside and more behind it")",
    "\"\"",
    " 7 ",
};

bool read_by_boost(const std::string& text, json::value& value) {
    riva::error_code ec;
    json::parse_options options;
    options.max_depth = riva::llm::json_depth;
    value = json::parse(text, ec, {}, options);
    return !ec;
}

/// Equal but for the last digits of numbers, which the other parser does not get right.
bool alike(const json::value& a, const json::value& b) {
    if (a.is_double() && b.is_double())
        return std::abs(a.get_double() - b.get_double()) <= 1e-14 * std::abs(b.get_double());
    if (a.is_array() && b.is_array())
        return std::ranges::equal(a.get_array(), b.get_array(), alike);
    if (!a.is_object() || !b.is_object()) return a == b;
    return std::ranges::equal(a.get_object(), b.get_object(), [](const auto& x, const auto& y) {
        return x.key() == y.key() && alike(x.value(), y.value());
    });
}

/// Both parsers read the text as the same value, or neither reads it.
void check_like_boost(const std::string& text) {
    const auto read = parse_json(text);
    if (!read && read.error().context.find("occurs twice") != std::string::npos) return;
    if (!read && read.error().context.find("out of range") != std::string::npos) return;
    json::value expected;
    const bool valid = read_by_boost(text, expected);
    if (read.has_value() == valid && (!valid || alike(*read, expected))) return;
    CAPTURE(text, valid);
    CHECK(json::serialize(read.value()) == json::serialize(expected));
}

}  // namespace

TEST_CASE("json_scanner reads what another parser reads", "[json]") {
    for (const std::string& each : texts) {
        json::value expected;
        REQUIRE(read_by_boost(each, expected));
        CHECK(parse_json(each).value() == expected);
    }
}

TEST_CASE("json_scanner refuses what another parser refuses", "[json]") {
    const std::string bytes(
        "\"\\{}[],: \n\t\x01\x7f\x80\xc3\xed\xf5"
        "0129-+.eEtfnux\0",
        32
    );
    for (const std::string& each : texts)
        for (std::size_t at = 0; at <= each.size(); ++at) {
            check_like_boost(each.substr(0, at));
            check_like_boost(each.substr(at));
            if (at < each.size()) check_like_boost(std::string(each).erase(at, 1));
            for (const char byte : bytes) {
                check_like_boost(std::string(each).insert(at, 1, byte));
                if (at < each.size()) check_like_boost(std::string(each).replace(at, 1, 1, byte));
            }
        }
}

TEST_CASE("json_scanner reads numbers to the last bit, and tells tiny from endless", "[json]") {
    const auto number = [](const std::string& text) { return parse_json(text).value(); };
    CHECK(number("0.1").as_double() == 0.1);
    CHECK(number("5e-324").as_double() == std::numeric_limits<double>::denorm_min());
    CHECK(number("1.7976931348623157e308").as_double() == std::numeric_limits<double>::max());
    CHECK(number("123456789012345678901234567890").as_double() == 123456789012345678901234567890.0);
    for (const std::string zero :
         {"1e-999", "-1e-999", "1e-99999999999999999999", "0e999", "0.0e99999999999999999999"})
        CHECK(number(zero).as_double() == 0);
    CHECK(number("0." + std::string(400, '0') + "1").as_double() == 0);
    CHECK(number("0." + std::string(400, '0') + "1e5").as_double() == 0);
    CHECK(number("1" + std::string(400, '0') + "e-400").as_double() == 1);
    const std::string large = "1" + std::string(400, '0');
    for (const std::string& endless :
         {std::string("1e999"),
          std::string("-1e999"),
          std::string("1e99999999999999999999"),
          large,
          large + "e-3"})
        CHECK_FALSE(parse_json(endless));
}
