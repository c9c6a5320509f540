#include "json_schema.hpp"

#include "answer_text.hpp"
#include "catch.hpp"
#include "error_text.hpp"
#include "json_text.hpp"

#include <riva/llm/error.hpp>

#include <string>
#include <vector>

using riva::llm::errc;
using riva::llm::json_schema;
using riva::llm::parse_json;
using riva::llm::read_answer;

namespace {

std::string complaint(std::string_view schema, std::string_view value) {
    const auto parsed = json_schema::parse(schema);
    if (!parsed) return "bad schema: " + parsed.error().context;
    return parsed->mismatch(parse_json(value).value()).value_or("");
}

const std::string verdict_schema = R"({
    "type": "object", "title": "a verdict",
    "properties": {
        "verdict": {"type": "string", "enum": ["pass", "fail"]},
        "score": {"type": "integer", "minimum": 0, "maximum": 10},
        "note": {"type": ["string", "null"], "maxLength": 3},
        "files": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2}
    },
    "required": ["verdict", "score", "note", "files"], "additionalProperties": false})";

const std::string action_schema = R"({"type": "object", "properties": {"action": {"anyOf": [
    {"type": "object", "properties": {"kind": {"const": "delete"}, "path": {"type": "string"}},
     "required": ["kind", "path"], "additionalProperties": false},
    {"type": "object", "properties": {"kind": {"const": "command"}, "line": {"type": "string"}},
     "required": ["kind", "line"], "additionalProperties": false}]}},
    "required": ["action"], "additionalProperties": false})";

}  // namespace

TEST_CASE("parse_json refuses what a lenient parser would let through", "[json]") {
    CHECK(parse_json(R"({"a":[1,2.5,"x",null,true],"b":{"a":1}})"));
    CHECK(parse_json(" 1 "));
    const std::vector<std::string> refused{
        "",
        "{",
        "{\"a\":1,}",
        "{'a':1}",
        "nul",
        "1 2",
        "{} {}",
        "[1e999]",
        "\"\xff\"",
        "\"a\nb\"",
        R"({"a":1,"b":2,"a":3})",
        R"({"x":[{"k":1,"k":2}]})",
        R"({"a":1,"\u0061":2})",
        "NaN",
        std::string(65, '[') + std::string(65, ']')
    };
    for (const std::string& each : refused) {
        CAPTURE(each);
        const auto parsed = parse_json(each);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().code == errc::malformed_answer);
    }
    CHECK(parse_json(std::string(64, '[') + std::string(64, ']')));
    CHECK(parse_json(std::string(100'000, '[')).error().code == errc::malformed_answer);
    CHECK(
        parse_json(R"({"ab":1,"ab":2})").error().context.find("'ab' occurs twice") !=
        std::string::npos
    );
}

TEST_CASE("json_schema accepts what fits", "[json]") {
    CHECK(
        complaint(verdict_schema, R"({"verdict":"pass","score":3,"note":null,"files":["a"]})") == ""
    );
    CHECK(
        complaint(
            verdict_schema, R"({"verdict":"fail","score":3.0,"note":"äöü","files":["a","b"]})"
        ) == ""
    );
    CHECK(complaint(action_schema, R"({"action":{"kind":"command","line":"ls"}})") == "");
    CHECK(complaint("{}", "[1]") == "");
    CHECK(complaint(R"({"const":1})", "1.0") == "");
    CHECK(complaint(R"({"type":"object","additionalProperties":true})", R"({"x":1})") == "");
}

TEST_CASE("json_schema says where and why a value does not fit", "[json]") {
    CHECK(complaint(verdict_schema, "[]") == "$ must be of type \"object\" but is []");
    CHECK(complaint(verdict_schema, R"({"verdict":"pass"})") == "$ lacks the property \"score\"");
    CHECK(
        complaint(verdict_schema, R"({"verdict":"maybe","score":3,"note":null,"files":["a"]})") ==
        "$.verdict must be one of [\"pass\",\"fail\"] but is \"maybe\""
    );
    CHECK(
        complaint(verdict_schema, R"({"verdict":"pass","score":3.5,"note":null,"files":["a"]})") ==
        "$.score must be of type \"integer\" but is 3.5E0"
    );
    CHECK(
        complaint(verdict_schema, R"({"verdict":"pass","score":11,"note":null,"files":["a"]})") ==
        "$.score as a number must be at most 10"
    );
    CHECK(
        complaint(verdict_schema, R"({"verdict":"pass","score":1,"note":"long","files":["a"]})") ==
        "$.note in characters must be at most 3"
    );
    CHECK(
        complaint(verdict_schema, R"({"verdict":"pass","score":1,"note":"","files":[]})") ==
        "$.files in items must be at least 1"
    );
    CHECK(
        complaint(verdict_schema, R"({"verdict":"pass","score":1,"note":"","files":["a",2]})") ==
        "$.files[1] must be of type \"string\" but is 2"
    );
    CHECK(
        complaint(
            verdict_schema, R"({"verdict":"pass","score":1,"note":"","files":["a"],"x\ny":1})"
        ) == "$ has the unknown property 'x\\ny'"
    );
    CHECK(
        complaint(action_schema, R"({"action":{"kind":"command","line":7}})") ==
        "fits none of the alternatives of $.action; closest: "
        "$.action.line must be of type \"string\" but is 7"
    );
}

TEST_CASE("json_schema refuses schemas that it could not check", "[json]") {
    for (const std::string each :
         {"",
          "1",
          "{\"type\":\"date\"}",
          "{\"type\":[]}",
          "{\"pattern\":\"a\"}",
          "{\"$ref\":\"#\"}",
          "{\"properties\":{\"a\":{\"oneOf\":[]}}}",
          "{\"items\":[]}",
          "{\"anyOf\":[]}",
          "{\"enum\":[]}",
          "{\"required\":\"a\"}",
          "{\"minimum\":\"1\"}",
          "{\"additionalProperties\":{}}",
          "{\"type\":\"string\",\"type\":\"null\"}"}) {
        CAPTURE(each);
        const auto parsed = json_schema::parse(each);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().code == errc::bad_request);
    }
    CHECK(
        json_schema::parse(R"({"properties":{"a":{"items":{"format":"date"}}}})").error().context ==
        "the answer schema at $.properties.a.items.format is not in the portable subset of JSON "
        "schema"
    );
}

TEST_CASE("read_answer takes the JSON out of what stands around it", "[answer]") {
    const auto schema = json_schema::parse(action_schema).value();
    const std::string json =
        R"({"action": {"kind": "command", "line": "echo '```' {\"a\"} </think>"}})";
    const std::vector<std::string> answers{
        json,
        "\n " + json + "\n",
        "```json\n" + json + "\n```",
        "```\n" + json + "\n```\n",
        "Here is {the} action you want:\n\n```json\n" + json + "\n```\nIt runs { echo; }.",
        json + "\n```",
        "Sure! " + json + " Good luck.",
        "<think>maybe {\"action\": 1}?</think>\n" + json,
        "<think>a</think> <think>b</think>```json\n" + json + "```",
    };
    for (const std::string& each : answers) {
        CAPTURE(each);
        const auto bare = read_answer(each, schema);
        REQUIRE(bare);
        CHECK(*bare == json);
    }
}

TEST_CASE("read_answer refuses what is ambiguous, broken or something else", "[answer]") {
    const auto schema = json_schema::parse(action_schema).value();
    const std::string json = R"({"action":{"kind":"command","line":"ls"}})";
    struct answer {
        std::string text, why;
    };
    const std::vector<answer> answers{
        {"", "the answer is empty"},
        {"<think>no end {}", "the answer is empty"},
        {"I cannot do that.", "the answer holds no JSON value that begins with {"},
        {"a " + json + " or " + json, "the answer holds more than one JSON value"},
        {json + json, "the answer is not JSON at byte 41: more text after the value"},
        {"```json\n" + json.substr(0, 30), "the JSON ends before its last bracket"},
        {"well: {\"action\": x, \"b\": " + json + "}",
         "the JSON is broken at byte 11 of it: syntax error"},
        {"{}", "$ lacks the property \"action\""},
        {"[" + json + "]", "$ must be of type"},
        {R"({"action":{"kind":"command","line":"ls","line":"rm"}})",
         "the answer is not JSON at byte 51: the key 'line' occurs twice in one object"},
    };
    for (const auto& [text, why] : answers) {
        CAPTURE(text);
        const auto bare = read_answer(text, schema);
        if (text.starts_with('[')) {
            CHECK(*bare == json);
            continue;
        }
        REQUIRE_FALSE(bare);
        CHECK(bare.error() == riva::error{errc::schema_mismatch, why});
    }
}

TEST_CASE("read_answer takes only whole texts where the schema is no container", "[answer]") {
    const auto schema = json_schema::parse(R"({"type":"integer"})").value();
    CHECK(read_answer(" 7 ", schema).value() == "7");
    CHECK(read_answer("it is 7", schema).error().code == errc::schema_mismatch);
    const auto list = json_schema::parse(R"({"type":"array","items":{"type":"integer"}})").value();
    CHECK(read_answer("as in [see below]: [1, 2]", list).value() == "[1, 2]");
}
