#include "catch.hpp"
#include "scripted/request_check.hpp"

using namespace riva::llm::scripted;

namespace {

/// A request with these members beside a model and a message.
answered<question> with(const std::string& members) {
    return check_chat_request(
        R"({"model":"m","messages":[{"role":"user","content":"say json"}])" +
        (members.empty() ? "" : "," + members) + "}"
    );
}

answered<question> with_messages(const std::string& messages) {
    return check_chat_request(R"({"model":"m","messages":)" + messages + "}");
}

answered<question> with_schema(const std::string& schema, const std::string& name = "n") {
    return with(
        R"("response_format":{"type":"json_schema","json_schema":{"name":")" + name +
        R"(","strict":true,"schema":)" + schema + "}}"
    );
}

/// The member that is named as wrong; `accepted` for none.
std::string param(const answered<question>& asked) {
    if (asked) return "accepted";
    CHECK(asked.error().status == 400);
    CHECK(asked.error().type == "invalid_request_error");
    return asked.error().param;
}

std::string message(const answered<question>& asked) {
    return asked ? "accepted" : asked.error().message;
}

}  // namespace

TEST_CASE("request check reads model, texts, purpose and streaming", "[scripted][request]") {
    const auto asked = check_chat_request(R"({"model":"a-small","stream":true,
        "stream_options":{"include_usage":true},"max_completion_tokens":10,"temperature":null,
        "messages":[{"role":"system","content":"s"},
                    {"role":"user","content":[{"type":"text","text":"u"},
                        {"type":"image_url","image_url":{"url":"x"}},{"type":"text","text":"v"}]},
                    {"role":"assistant","content":null,"tool_calls":[
                        {"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},
                    {"role":"tool","tool_call_id":"1","content":"t"}],
        "response_format":{"type":"json_schema","json_schema":{"name":"riva_action","schema":{}}}})"
    );
    REQUIRE(asked.has_value());
    CHECK(asked->model == "a-small");
    CHECK(asked->purpose == "riva_action");
    CHECK(asked->messages == std::vector<std::string>{"s", "uv", "", "t"});
    CHECK((asked->stream && asked->include_usage));
}

TEST_CASE("request check refuses a request without its parts", "[scripted][request]") {
    CHECK(message(check_chat_request("{")).starts_with("We could not parse the JSON body"));
    CHECK(message(check_chat_request("[]")) == "The body of a request is a JSON object.");
    CHECK(message(check_chat_request("{\"model\":\"\xff\"}")).starts_with("We could not parse"));
    CHECK(param(check_chat_request(R"({"messages":[]})")) == "model");
    CHECK(param(check_chat_request(R"({"model":"m"})")) == "messages");
    CHECK(
        param(check_chat_request(R"({"model":1,"messages":[{"role":"user","content":""}]})")) ==
        "model"
    );
    CHECK(
        param(check_chat_request(R"({"model":"","messages":[{"role":"user","content":""}]})")) ==
        "model"
    );
}

TEST_CASE("request check refuses messages of the wrong shape", "[scripted][request]") {
    CHECK(param(with_messages("{}")) == "messages");
    CHECK(param(with_messages("[]")) == "messages");
    CHECK(param(with_messages("[1]")) == "messages[0]");
    CHECK(param(with_messages(R"([{"content":"a"}])")) == "messages[0].role");
    CHECK(param(with_messages(R"([{"role":"robot","content":"a"}])")) == "messages[0].role");
    CHECK(param(with_messages(R"([{"role":"user"}])")) == "messages[0].content");
    CHECK(param(with_messages(R"([{"role":"user","content":1}])")) == "messages[0].content");
    CHECK(param(with_messages(R"([{"role":"user","content":[]}])")) == "messages[0].content");
    CHECK(
        param(with_messages(R"([{"role":"user","content":[{"type":"x"}]}])")) ==
        "messages[0].content[0].type"
    );
    CHECK(
        param(with_messages(R"([{"role":"user","content":[{"type":"text"}]}])")) ==
        "messages[0].content[0].text"
    );
    CHECK(param(with_messages(R"([{"role":"user","content":"a","age":1}])")) == "messages[0].age");
    CHECK(param(with_messages(R"([{"role":"tool","content":"a"}])")) == "messages[0].tool_call_id");
}

TEST_CASE("request check refuses unknown members and values out of range", "[scripted][request]") {
    CHECK(param(with("")) == "accepted");
    CHECK(param(with(R"("user":"u","tools":null,"store":false)")) == "accepted");
    CHECK(
        message(with(R"("max_output":1)")) == "Unrecognized request argument supplied: max_output"
    );
    CHECK(param(with(R"("max_output":1)")) == "max_output");
    CHECK(param(with(R"("stream":"yes")")) == "stream");
    CHECK(param(with(R"("stream_options":{"include_usage":true})")) == "stream_options");
    CHECK(
        param(with(R"("stream":true,"stream_options":{"usage":true})")) == "stream_options.usage"
    );
    CHECK(param(with(R"("max_tokens":0)")) == "max_tokens");
    CHECK(param(with(R"("max_tokens":1.5)")) == "max_tokens");
    CHECK(param(with(R"("max_completion_tokens":-1)")) == "max_completion_tokens");
    CHECK(param(with(R"("max_completion_tokens":1,"max_tokens":1)")) == "max_tokens");
    CHECK(param(with(R"("temperature":2.5)")) == "temperature");
    CHECK(param(with(R"("top_p":"1")")) == "top_p");
    CHECK(param(with(R"("n":2)")) == "n");
    CHECK(param(with(R"("stop":["a","b","c","d","e"])")) == "stop");
    CHECK(param(with(R"("reasoning_effort":"huge")")) == "reasoning_effort");
}

TEST_CASE("request check refuses an answer format that is incomplete", "[scripted][request]") {
    CHECK(param(with(R"("response_format":{"type":"text"})")) == "accepted");
    CHECK(param(with(R"("response_format":{"type":"json_object"})")) == "accepted");
    CHECK(param(with(R"("response_format":{})")) == "response_format.type");
    CHECK(param(with(R"("response_format":{"type":"xml"})")) == "response_format.type");
    CHECK(
        param(with(R"("response_format":{"type":"json_schema"})")) == "response_format.json_schema"
    );
    CHECK(
        param(with(R"("response_format":{"type":"json_schema","json_schema":{"name":"n"}})")) ==
        "response_format.json_schema.schema"
    );
    CHECK(param(with_schema("{}", "a b")) == "response_format.json_schema.name");
    CHECK(param(with_schema("{}", "")) == "response_format.json_schema.name");
    CHECK(param(check_chat_request(R"({"model":"m","messages":[{"role":"user","content":"hi"}],
        "response_format":{"type":"json_object"}})")) == "messages");
}

TEST_CASE(
    "request check refuses a strict schema that leaves anything open", "[scripted][request]"
) {
    const auto in_object = [](const std::string& property) {
        return with_schema(
            R"({"type":"object","additionalProperties":false,"required":["a"],"properties":{"a":)" +
            property + "}}"
        );
    };
    CHECK(param(in_object(R"({"type":["string","null"]})")) == "accepted");
    CHECK(
        param(in_object(R"({"anyOf":[{"type":"null"},{"type":"array","items":{"enum":["x"]}}]})")
        ) == "accepted"
    );
    CHECK(
        message(with_schema(R"({"type":"array","items":{"type":"string"}})")) ==
        "Invalid schema for response_format 'n': schema must be a JSON Schema of 'type: "
        "\"object\"'."
    );
    CHECK(
        message(with_schema(R"({"type":"object","properties":{}})")) ==
        "Invalid schema for response_format 'n': In context=(), 'additionalProperties' is required "
        "to be supplied and to be false."
    );
    CHECK(message(with_schema(R"({"type":"object","additionalProperties":false,
                                  "properties":{"a":{"type":"string"}},"required":[]})"))
              .ends_with("Missing 'a'."));
    CHECK(
        message(in_object(R"({"type":"object","properties":{}})")) ==
        "Invalid schema for response_format 'n': In context=('properties', 'a'), "
        "'additionalProperties' is required to be supplied and to be false."
    );
    CHECK(message(in_object("{}")).ends_with("schema must have a 'type' key."));
    CHECK(message(in_object(R"({"type":"text"})")).ends_with("'type' is not one of the JSON types.")
    );
    CHECK(message(in_object(R"({"type":"array"})")).ends_with("array schema missing items."));
    CHECK(message(in_object(R"({"oneOf":[]})")).ends_with("'oneOf' is not permitted."));
    CHECK(
        message(in_object(R"({"type":"array","items":{"type":"object"}})"))
            .find("('properties', 'a', 'items')") != std::string::npos
    );
    CHECK(param(in_object("1")) == "response_format");
}

TEST_CASE("request check wants every call of a tool answered", "[scripted][request]") {
    const auto turns = [](const std::string& after) {
        return param(with_messages(
            R"([{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[)"
            R"({"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]})" +
            after + "]"
        ));
    };
    CHECK(turns(R"(,{"role":"tool","tool_call_id":"c1","content":"x"})") == "accepted");
    CHECK(turns("") == "messages[1]");
    CHECK(turns(R"(,{"role":"user","content":"b"})") == "messages[2]");
    CHECK(turns(R"(,{"role":"tool","tool_call_id":"c2","content":"x"})") == "messages[2].role");
    CHECK(
        param(with_messages(R"([{"role":"tool","tool_call_id":"c1","content":"x"}])")) ==
        "messages[0].role"
    );
    CHECK(
        param(with_messages(R"([{"role":"assistant","content":"a","tool_calls":[]}])")) ==
        "messages[0].tool_calls"
    );
    CHECK(
        param(with_messages(R"([{"role":"assistant","content":"a","tool_calls":[{"id":"1",
            "type":"function","function":{"name":"f","arguments":{}}}]}])")) ==
        "messages[0].tool_calls[0].function.arguments"
    );
}

TEST_CASE("request check reads the tools that are offered and demanded", "[scripted][request]") {
    const std::string tools =
        R"("tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}])";
    const auto asked = with(tools + R"(,"tool_choice":"required")");
    REQUIRE(asked.has_value());
    CHECK(asked->tools.at(0).name == "f");
    CHECK(asked->call_demanded);
    const auto named =
        with(tools + R"(,"tool_choice":{"type":"function","function":{"name":"f"}})");
    REQUIRE(named.has_value());
    CHECK(named->demanded_tool == "f");
    CHECK(
        param(with(tools + R"(,"tool_choice":{"type":"function","function":{"name":"g"}})")) ==
        "tool_choice"
    );
    CHECK(param(with(R"("tool_choice":"auto")")) == "tool_choice");
    CHECK(param(with(R"("parallel_tool_calls":false)")) == "parallel_tool_calls");
    CHECK(param(with(R"("tools":[])")) == "tools");
    CHECK(param(with(R"("tools":[{"function":{"name":"f"}}])")) == "tools[0].type");
    CHECK(
        param(with(R"("tools":[{"type":"function","function":{"name":"a b"}}])")) ==
        "tools[0].function.name"
    );
    CHECK(
        param(with(R"("tools":[{"type":"function","function":{"name":"f","strict":true,
            "parameters":{"type":"object","properties":{}}}}])")) == "tools[0].function.parameters"
    );
}

TEST_CASE("request check refuses what reasoning models do not take", "[scripted][request]") {
    const auto to_gpt6 = [](const std::string& members) {
        return param(check_chat_request(
            R"({"model":"gpt-6-mini","messages":[{"role":"user","content":"a"}],)" + members + "}"
        ));
    };
    CHECK(to_gpt6(R"("max_completion_tokens":9)") == "accepted");
    CHECK(to_gpt6(R"("max_tokens":9)") == "max_tokens");
    CHECK(to_gpt6(R"("temperature":1)") == "temperature");
    CHECK(to_gpt6(R"("temperature":1,"reasoning_effort":"none")") == "accepted");
}
