#include "catch.hpp"
#include "scripted/anthropic_check.hpp"
#include "scripted/gemini_check.hpp"
#include "scripted/ollama_check.hpp"
#include "scripted/responses_check.hpp"
#include "scripted/schema_value.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

using namespace riva::llm::scripted;
namespace json = boost::json;

namespace {

/// What is wrong; `accepted` for nothing.
std::string trouble(const answered<question>& asked) {
    if (asked) return "accepted";
    CHECK(asked.error().status == 400);
    return asked.error().message;
}

std::string responses(const std::string& input, const std::string& members = "") {
    return trouble(check_responses_request(
        R"({"model":"m","input":)" + input + (members.empty() ? "" : "," + members) + "}"
    ));
}

answered<question> anthropic_at(
    const std::string& version, const std::string& messages, const std::string& members
) {
    http_call call;
    call.target = "/v1/messages";
    if (!version.empty()) call.headers = {{"anthropic-version", version}};
    call.body =
        R"({"model":"m","messages":)" + messages + (members.empty() ? "" : "," + members) + "}";
    return check_anthropic_request(call, false);
}

std::string anthropic(const std::string& messages, const std::string& members = "") {
    return trouble(anthropic_at(
        "2026-10-21", messages, R"("max_tokens":5000)" + (members.empty() ? "" : "," + members)
    ));
}

std::string anthropic_turns(const std::string& after) {
    return anthropic(
        R"([{"role":"user","content":"a"},{"role":"assistant","content":[
            {"type":"tool_use","id":"t1","name":"f","input":{}},
            {"type":"tool_use","id":"t2","name":"f","input":{}}]})" +
        after + "]"
    );
}

std::string gemini(const std::string& contents, const std::string& members = "") {
    http_call call;
    call.target = "/v1beta/models/m:generateContent";
    call.body = R"({"contents":)" + contents + (members.empty() ? "" : "," + members) + "}";
    return trouble(check_gemini_request(call));
}

std::string ollama(const std::string& members) {
    return trouble(check_ollama_request(R"({"model":"m",)" + members + "}"));
}

bool says(const std::string& text, std::string_view part) {
    INFO(text);
    return text.find(part) != text.npos;
}

std::string smallest(const std::string& schema) {
    return json::serialize(smallest_value(json::parse(schema)));
}

const std::string hi = R"([{"role":"user","content":"hi"}])";
const std::string gemini_hi = R"([{"parts":[{"text":"hi"}]}])";

}  // namespace

TEST_CASE("responses request is read", "[scripted][request]") {
    const auto asked = check_responses_request(
        R"({"model":"m","instructions":"be brief","stream":true,"input":[
            {"role":"user","content":[{"type":"input_text","text":"a"}]},
            {"type":"reasoning","id":"rs","summary":[],"encrypted_content":"e"},
            {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
            {"type":"function_call_output","call_id":"c","output":"done"}],
            "text":{"format":{"type":"json_schema","name":"riva_action","schema":{}}}})"
    );
    REQUIRE(asked.has_value());
    CHECK(asked->messages == std::vector<std::string>{"be brief", "a", "f {}", "done"});
    CHECK(asked->purpose == "riva_action");
    CHECK(asked->stream);
    CHECK(asked->replayed.at(0).signature == "e");
}

TEST_CASE("responses request that the real server refuses is refused", "[scripted][request]") {
    CHECK(responses(R"("hi")") == "accepted");
    CHECK(
        responses(R"("hi")", R"("include":["reasoning.encrypted_content"],"store":false)") ==
        "accepted"
    );
    CHECK(says(responses("[]"), "empty array"));
    CHECK(says(responses("1"), "Invalid type for 'input'"));
    CHECK(says(responses(R"("hi")", R"("messages":[])"), "Unrecognized request argument"));
    CHECK(says(responses(R"("hi")", R"("max_output_tokens":1)"), "from 16"));
    CHECK(says(responses(R"("hi")", R"("previous_response_id":"r")"), "not found"));
    CHECK(says(
        responses(R"([{"role":"user","content":[{"type":"output_text","text":"a"}]}])"),
        "'input_text'"
    ));
    CHECK(says(
        responses(R"([{"role":"assistant","content":[{"type":"input_text","text":"a"}]}])"),
        "'output_text'"
    ));
    CHECK(says(
        responses(R"([{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}])"),
        "No tool output found for function call c."
    ));
    CHECK(says(
        responses(R"([{"type":"function_call_output","call_id":"c","output":"x"}])"),
        "No tool call found"
    ));
    CHECK(
        says(responses(R"("hi")", R"("tools":[{"type":"function","name":"a b"}])"), "tools[0].name")
    );
    CHECK(says(
        responses(
            R"("hi")",
            R"("tools":[{"type":"function","name":"f","strict":true,"parameters":{"type":"object"}}])"
        ),
        "additionalProperties"
    ));
}

TEST_CASE("anthropic request is read", "[scripted][request]") {
    const auto asked = anthropic_at(
        "2023-06-01",
        R"([{"role":"user","content":[{"type":"text","text":"a"}]},
            {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},
                {"type":"tool_use","id":"1","name":"f","input":{"x":1}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":"done"}]}])",
        R"("max_tokens":9,"system":[{"type":"text","text":"s"}],"temperature":1,"stream":true,
           "tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"tool","name":"f"})"
    );
    INFO(trouble(asked));
    REQUIRE(asked.has_value());
    CHECK(asked->messages == std::vector<std::string>{"s", "a", "f {\"x\":1}", "done"});
    CHECK(asked->demanded_tool == "f");
    CHECK(asked->replayed.at(0).content == "t");
}

TEST_CASE("anthropic request that the real server refuses is refused", "[scripted][request]") {
    CHECK(anthropic(hi) == "accepted");
    CHECK(
        trouble(anthropic_at("", hi, R"("max_tokens":9)")) ==
        "anthropic-version: header is required"
    );
    CHECK(trouble(anthropic_at("2026-10-21", hi, "")) == "max_tokens: Field required");
    for (const std::string name : {"temperature", "top_p", "top_k"}) {
        CHECK(says(anthropic(hi, "\"" + name + "\":1"), name + ": this parameter is not supported")
        );
        CHECK(
            trouble(anthropic_at("2023-06-01", hi, R"("max_tokens":9,")" + name + "\":1")) ==
            "accepted"
        );
    }
    CHECK(says(anthropic(hi, R"("n":1)"), "Extra inputs are not permitted"));
    CHECK(says(anthropic("[]"), "at least one message"));
    CHECK(says(anthropic(R"([{"role":"assistant","content":"a"}])"), "first message"));
    CHECK(says(
        anthropic(R"([{"role":"user","content":"a"},{"role":"user","content":"b"}])"),
        "roles must alternate"
    ));
    CHECK(says(anthropic(R"([{"role":"user","content":""}])"), "non-empty"));
    CHECK(says(anthropic(R"([{"role":"user","content":[{"type":"text","text":""}]}])"), "non-empty")
    );
    CHECK(says(anthropic(R"([{"role":"tool","content":"a"}])"), "'user' or 'assistant'"));
    CHECK(says(
        anthropic(R"([{"role":"user","content":[{"type":"text","text":"a","citations":[{}]}]}])"),
        "citations"
    ));
    CHECK(says(
        anthropic(
            R"([{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"document","source":{}}]}])"
        ),
        "document blocks"
    ));
    CHECK(says(anthropic(hi, R"("thinking":{"type":"enabled","budget_tokens":6000})"), "max_tokens")
    );
    CHECK(says(anthropic(hi, R"("tool_choice":{"type":"any"})"), "while providing tools"));
    CHECK(says(
        anthropic(hi, R"("tools":[{"name":"f","input_schema":{"type":"array"}}])"),
        "Input should be 'object'"
    ));
    CHECK(says(
        anthropic(
            hi, R"("output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}})"
        ),
        "additionalProperties"
    ));
}

TEST_CASE(
    "anthropic request answers tools at the start of the next message", "[scripted][request]"
) {
    const std::string one = R"({"type":"tool_result","tool_use_id":"t1","content":"x"})";
    const std::string two = R"({"type":"tool_result","tool_use_id":"t2","is_error":true})";
    const std::string text = R"({"type":"text","text":"a"})";
    const auto user = [](const std::string& content) {
        return R"(,{"role":"user","content":[)" + content + "]}";
    };
    CHECK(anthropic_turns(user(one + "," + two + "," + text)) == "accepted");
    CHECK(says(anthropic_turns(user(one)), "immediately after: t2"));
    CHECK(says(anthropic_turns(R"(,{"role":"user","content":"a"})"), "immediately after: t1, t2"));
    CHECK(says(anthropic_turns(user(text + "," + one + "," + two)), "come before"));
    CHECK(says(
        anthropic_turns(user(one + R"(,{"type":"tool_result","tool_use_id":"t3"})")),
        "unexpected `tool_use_id`"
    ));
    CHECK(says(anthropic_turns(""), "immediately after: t1, t2"));
}

TEST_CASE("gemini request that the real server refuses is refused", "[scripted][request]") {
    CHECK(gemini(gemini_hi) == "accepted");
    CHECK(says(gemini("[]"), "contents is not specified"));
    CHECK(says(gemini(R"([{"role":"assistant","parts":[{"text":"a"}]}])"), "valid role"));
    CHECK(says(gemini(R"([{"role":"user","parts":[{"txt":"a"}]}])"), "Unknown name \"txt\""));
    CHECK(says(gemini(R"([{"role":"user","parts":[]}])"), "must not be empty"));
    CHECK(says(
        gemini(R"([{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]}])"
        ),
        "end with a user role"
    ));
    CHECK(says(gemini(gemini_hi, R"("generationConfig":{"max":1})"), "Unknown name \"max\""));
    CHECK(says(
        gemini(gemini_hi, R"("generationConfig":{"responseJsonSchema":{}})"), "responseMimeType"
    ));
    CHECK(says(
        gemini(gemini_hi, R"("toolConfig":{"functionCallingConfig":{"mode":"ANY"}})"),
        "without function_declarations"
    ));
    CHECK(says(
        gemini(gemini_hi, R"("tools":[{"functionDeclarations":[{"name":"1f"}]}])"),
        "Invalid function name"
    ));
}

TEST_CASE("gemini request answers as many calls as were made", "[scripted][request]") {
    const auto turns = [](const std::string& after) {
        return gemini(
            R"([{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[
                {"functionCall":{"name":"f","args":{}}},{"functionCall":{"name":"g"}}]})" +
            after + "]"
        );
    };
    const std::string f = R"({"functionResponse":{"name":"f","response":{}}})";
    const std::string g = R"({"functionResponse":{"name":"g","response":{}}})";
    CHECK(turns(R"(,{"role":"user","parts":[)" + f + "," + g + "]}") == "accepted");
    CHECK(says(turns(R"(,{"role":"user","parts":[)" + f + "]}"), "equal to the number"));
    CHECK(says(turns(R"(,{"role":"user","parts":[{"text":"b"}]})"), "equal to the number"));
    CHECK(says(turns(""), "equal to the number"));
    CHECK(
        says(gemini("[{\"role\":\"user\",\"parts\":[" + f + "]}]"), "immediately after a function")
    );
}

TEST_CASE("ollama request of the wrong types is refused", "[scripted][request]") {
    CHECK(ollama(R"("messages":[{"role":"user","content":"a"}],"anything":1)") == "accepted");
    CHECK(trouble(check_ollama_request(R"({"messages":[]})")) == "model is required");
    CHECK(says(ollama(R"("messages":[{"role":"robot","content":"a"}])"), "role"));
    CHECK(says(
        ollama(R"("messages":[{"role":"user","content":"a"}],"options":{"num_ctx":"8"})"), "num_ctx"
    ));
    CHECK(says(ollama(R"("messages":[{"role":"user","content":"a"}],"format":"xml")"), "format"));
    CHECK(says(ollama(R"("messages":[{"role":"tool","content":"a"}])"), "has to follow a call"));
    CHECK(says(
        ollama(
            R"("messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}])"
        ),
        "arguments: expected an object"
    ));
}

TEST_CASE("smallest value satisfies its schema", "[scripted][request]") {
    CHECK(smallest(R"({"type":"object"})") == "{}");
    CHECK(
        smallest(R"({"type":"OBJECT","required":["a","b","c","d","e"],"properties":{
            "a":{"enum":["x","y"]},"b":{"type":"integer","minimum":3},"c":{"type":"array",
            "minItems":1,"items":{"$ref":"#/$defs/s"}},"d":{"anyOf":[{"type":"null"},
            {"type":"string"}]},"e":{"type":"boolean"},"f":{"type":"string"}},
            "$defs":{"s":{"type":"string","minLength":2}}})") ==
        R"({"a":"x","b":3,"c":["aa"],"d":null,"e":false})"
    );
    CHECK(smallest(R"({"type":"integer","maximum":-4})") == "-4");
    CHECK(smallest(R"({"type":["string","null"],"format":"date"})") == R"("2000-01-01")");
    CHECK(smallest(R"({"const":[1]})") == "[1]");
}

TEST_CASE("smallest value of a schema without end is given up", "[scripted][request]") {
    const std::string endless =
        R"({"type":"object","required":["l","r"],"properties":{"l":{"$ref":"#"},"r":{"$ref":"#"}}})";
    CHECK(smallest(endless).size() < 1'000'000);
}
