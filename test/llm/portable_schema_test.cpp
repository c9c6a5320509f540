#include "dialect/portable_schema.hpp"

#include "catch.hpp"
#include "json_text.hpp"

#include <string>

using riva::llm::is_strict;
using riva::llm::parse_json;
using riva::llm::portable_schema;

TEST_CASE("portable schema closes objects and tells bounds in words", "[portable_schema]") {
    CHECK(
        portable_schema(
            R"({"type":"object","properties":{"n":{"type":"integer","minimum":1,"maximum":9,)"
            R"("description":"how many"},"s":{"type":"string","minLength":1,"format":"date"},)"
            R"("l":{"type":"array","items":{"type":"object","properties":{}},"minItems":1,"maxItems":3},)"
            R"("o":{"oneOf":[{"type":"null"},{"type":"string","format":"odd"}]}},)"
            R"("required":["n","s","l","o"],"additionalProperties":true})"
        ) ==
        R"({"type":"object","properties":{"n":{"type":"integer",)"
        R"("description":"how many\n\n{minimum: 1, maximum: 9}"},)"
        R"("s":{"type":"string","format":"date","description":"{minLength: 1}"},)"
        R"("l":{"type":"array","items":{"type":"object","properties":{},"additionalProperties":false},)"
        R"("minItems":1,"description":"{maxItems: 3}"},)"
        R"("o":{"anyOf":[{"type":"null"},{"type":"string","description":"{format: \"odd\"}"}]}},)"
        R"("required":["n","s","l","o"],"additionalProperties":false})"
    );
    CHECK(portable_schema("no json") == "no json");
    CHECK(portable_schema("{}") == "{}");
}

TEST_CASE(
    "portable schema leaves a property alone that is named like a keyword", "[portable_schema]"
) {
    const std::string schema =
        R"({"type":"object","properties":{"minimum":{"type":"string"},"oneOf":{"type":"null"}},)"
        R"("required":["minimum","oneOf"],"additionalProperties":false})";
    CHECK(portable_schema(schema) == schema);
}

TEST_CASE("strict schema closes every object and requires all it has", "[portable_schema]") {
    const auto strict = [](std::string_view text) { return is_strict(parse_json(text).value()); };
    CHECK(strict(R"({"type":"object","additionalProperties":false})"));
    CHECK(
        strict(R"({"type":"object","properties":{"a":{"type":["string","null"]}},"required":["a"],)"
               R"("additionalProperties":false})")
    );
    for (const auto* open :
         {"{}",
          "[]",
          R"({"type":"string"})",
          R"({"type":"object"})",
          R"({"type":"object","additionalProperties":true})",
          R"({"type":"object","properties":{"a":{"type":"null"}},"additionalProperties":false})",
          R"({"type":"object","properties":{"a":{"type":"object"}},"required":["a"],"additionalProperties":false})",
          R"({"type":"object","properties":{"a":{"anyOf":[{"type":["object","null"]}]}},"required":["a"],"additionalProperties":false})",
          R"({"type":"object","properties":{"a":{"type":"array","items":{"type":"object"}}},"required":["a"],"additionalProperties":false})"
         }) {
        CAPTURE(open);
        CHECK_FALSE(strict(open));
    }
}
