#include "catch.hpp"
#include "dialect/dialect.hpp"
#include "error_text.hpp"

#include <string>

using namespace riva::llm;

namespace {

chat_request with_tool() {
    chat_request request;
    request.messages = {{role::user, "go"}};
    request.tools = {{"f", "does it", R"({"type":"object"})"}};
    return request;
}

std::string encode(
    const chat_request& request, std::string_view model = "m", std::string_view provider = "p"
) {
    const profile& server = profile_of("openai-responses", "api.openai.com", model);
    return openai_responses_dialect().encode(request, model, server, provider).body;
}

}  // namespace

TEST_CASE("openai_responses encodes the conversation as items", "[openai_responses]") {
    chat_request request = with_tool();
    request.messages = {
        {role::system, "be brief"},
        {role::user, "a \"b\""},
        {role::assistant, "well", {{"t1", "f", R"({"x":1})"}}},
        {role::tool, "done", {}, "t1", "f"},
        {role::system, "hurry"},
        {role::assistant, ""},
    };
    request.max_output_tokens = 100;
    CHECK(
        encode(request) ==
        R"({"model":"m","instructions":"be brief\n\nhurry","input":[)"
        R"({"type":"message","role":"user","content":[{"type":"input_text","text":"a \"b\""}]},)"
        R"({"type":"message","role":"assistant","content":[{"type":"output_text","text":"well"}]},)"
        R"({"type":"function_call","call_id":"t1","name":"f","arguments":"{\"x\":1}"},)"
        R"({"type":"function_call_output","call_id":"t1","output":"done"}],"max_output_tokens":100,)"
        R"("store":false,"include":["reasoning.encrypted_content"],)"
        R"("tools":[{"type":"function","name":"f","description":"does it","parameters":{"type":"object"},)"
        R"("strict":false}],"stream":true})"
    );
}

TEST_CASE("openai_responses asks for a schema, effort and tools", "[openai_responses]") {
    chat_request request = with_tool();
    request.stream = false;
    request.effort = "high";
    request.tools[0].parameters = R"({"type":"object","additionalProperties":false})";
    request.tool_choice = tool_choice::required;
    request.parallel_tool_calls = false;
    request.schema = answer_schema{
        "v",
        R"({"type":"object","properties":{"n":{"type":"integer","minimum":1}},"required":["n"],"additionalProperties":false})"
    };
    CHECK(
        encode(request) ==
        R"({"model":"m","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"go"}]}],)"
        R"("max_output_tokens":8192,"store":false,"include":["reasoning.encrypted_content"],)"
        R"("reasoning":{"effort":"high"},"tools":[{"type":"function","name":"f","description":"does it",)"
        R"("parameters":{"type":"object","additionalProperties":false},"strict":true}],)"
        R"("tool_choice":"required","parallel_tool_calls":false,)"
        R"("text":{"format":{"type":"json_schema","name":"v","strict":true,"schema":{"type":"object",)"
        R"("properties":{"n":{"type":"integer","description":"{minimum: 1}"}},"required":["n"],)"
        R"("additionalProperties":false}}}})"
    );
    request.schema->text = R"({"type":"object","properties":{"n":{"type":"null"}}})";
    CHECK(encode(request).find(R"("name":"v","strict":false,)") != std::string::npos);
}

TEST_CASE(
    "openai_responses asks a model that does not reason for no reasoning", "[openai_responses]"
) {
    chat_request request;
    request.messages = {{role::system, "only this"}};
    request.stream = false;
    request.temperature = 0.5;
    CHECK(
        encode(request, "gpt-4o") ==
        R"({"model":"gpt-4o","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"only this"}]}],)"
        R"("max_output_tokens":8192,"store":false,"temperature":0.5})"
    );
    const auto profile_for = [](std::string_view model) -> const profile& {
        return profile_of("openai-responses", "api.openai.com", model);
    };
    CHECK_FALSE(objection(request, profile_for("gpt-4o")));
    CHECK(objection(request, profile_for("gpt-6"))->code == errc::bad_request);
}
