#include "catch.hpp"
#include "dialect/dialect.hpp"
#include "error_text.hpp"

#include <string>

using namespace riva::llm;

namespace {

std::string encode(const chat_request& request, std::string_view model, std::string_view host) {
    const profile& server = profile_of("openai", host, model);
    return openai_chat_dialect().encode(request, model, server, "p").body;
}

}  // namespace

TEST_CASE("openai_chat encodes a request without sampling parameters", "[openai]") {
    chat_request request;
    request.messages = {
        {role::system, "be brief"},
        {role::user, "a \"b\"\n\t\x01 \xc3\xa9 \xff"},
        {role::assistant, ""}
    };
    request.max_output_tokens = 100;
    CHECK(
        encode(request, "gpt-4o", "api.openai.com") ==
        "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"system\",\"content\":\"be brief\"},"
        "{\"role\":\"user\",\"content\":\"a \\\"b\\\"\\n\\u0009\\u0001 \xc3\xa9 \xef\xbf\xbd\"},"
        "{\"role\":\"assistant\",\"content\":\"\"}],\"max_completion_tokens\":100,"
        "\"stream\":true,\"stream_options\":{\"include_usage\":true}}"
    );
    request.messages.resize(1);
    request.stream = false;
    request.schema = answer_schema{"v", "{\"type\":\"object\"}"};
    CHECK(
        encode(request, "m", "127.0.0.1") ==
        "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"be brief\"}],"
        "\"max_tokens\":100,\"response_format\":{\"type\":\"json_schema\",\"json_schema\":"
        "{\"name\":\"v\",\"strict\":true,\"schema\":{\"type\":\"object\"}}}}"
    );
}

TEST_CASE("openai_chat asks for tools and gives their results back", "[openai]") {
    chat_request request;
    message turn{role::assistant, ""};
    turn.tool_calls = {{"c1", "f", "{\"a\":1}"}};
    message result{role::tool, "7"};
    result.tool_call_id = "c1";
    request.messages = {{role::user, "go"}, turn, result};
    request.tools = {{"f", "does", "{\"type\":\"object\"}"}};
    request.tool_choice = tool_choice::required;
    request.parallel_tool_calls = false;
    request.stream = false;
    CHECK_FALSE(objection(request, profile_of("openai", "h", "m")));
    CHECK(
        encode(request, "m", "h") ==
        R"({"model":"m","messages":[{"role":"user","content":"go"},{"role":"assistant","content":null,)"
        R"("tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},)"
        R"({"role":"tool","content":"7","tool_call_id":"c1"}],"max_tokens":8192,)"
        R"("tools":[{"type":"function","function":{"name":"f","description":"does","parameters":{"type":"object"}}}],)"
        R"("tool_choice":"required","parallel_tool_calls":false})"
    );
    request.messages[2].tool_call_id = "other";
    CHECK(objection(request, profile_of("openai", "h", "m"))->code == errc::bad_request);
}
