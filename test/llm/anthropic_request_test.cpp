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

wire_request encode(
    const chat_request& request,
    std::string_view host = "127.0.0.1",
    std::string_view provider = "p"
) {
    return anthropic_dialect().encode(request, "m", profile_of("anthropic", host, "m"), provider);
}

}  // namespace

TEST_CASE("anthropic puts the system's words on top and lets roles alternate", "[anthropic]") {
    chat_request request = with_tool();
    request.messages = {
        {role::system, "be brief"},
        {role::user, "a \"b\""},
        {role::user, "and c"},
        {role::assistant, " ", {{"t1", "f", R"({"x":1})"}, {"t2", "f", ""}}},
        {role::tool, "done", {}, "t1", "f"},
        {role::tool, "", {}, "t2", "f", true},
        {role::system, "hurry"},
        {role::user, "well?"},
        {role::assistant, ""},
        {role::user, "go on"},
    };
    request.max_output_tokens = 100;
    CHECK(
        encode(request).body ==
        R"({"model":"m","max_tokens":100,"system":"be brief\n\nhurry","messages":[)"
        R"({"role":"user","content":[{"type":"text","text":"a \"b\""},{"type":"text","text":"and c"}]},)"
        R"({"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{"x":1}},)"
        R"({"type":"tool_use","id":"t2","name":"f","input":{}}]},)"
        R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"done"},)"
        R"({"type":"tool_result","tool_use_id":"t2","is_error":true},)"
        R"({"type":"text","text":"well?"},{"type":"text","text":"go on"}]}],)"
        R"("tools":[{"name":"f","description":"does it","input_schema":{"type":"object"}}],"stream":true})"
    );
}

TEST_CASE("anthropic asks for a schema in its portable form, for effort and tools", "[anthropic]") {
    chat_request request = with_tool();
    request.stream = false;
    request.effort = "high";
    request.schema = answer_schema{
        "v",
        R"({"type":"object","properties":{"n":{"type":"integer","minimum":1}},"required":["n"]})"
    };
    request.tools = {{"f", "", "{}"}};
    request.parallel_tool_calls = false;
    const std::string head =
        R"({"model":"m","max_tokens":8192,"messages":[{"role":"user","content":[{"type":"text","text":"go"}]}],)";
    const std::string tools =
        R"("tools":[{"name":"f","description":"","input_schema":{"type":"object"}}],)";
    const std::string output =
        R"("output_config":{"effort":"high","format":{"type":"json_schema","schema":{"type":"object",)"
        R"("properties":{"n":{"type":"integer","description":"{minimum: 1}"}},"required":["n"],)"
        R"("additionalProperties":false}}}})";
    CHECK(
        encode(request).body ==
        head + R"("thinking":{"type":"adaptive"},)" + tools +
            R"("tool_choice":{"type":"auto","disable_parallel_tool_use":true},)" + output
    );
    request.tool_choice = tool_choice::required;
    CHECK(
        encode(request).body ==
        head + tools + R"("tool_choice":{"type":"any","disable_parallel_tool_use":true},)" + output
    );
    request.tool_choice = tool_choice::none;
    request.effort = "none";
    request.schema.reset();
    CHECK(
        encode(request).body == head + R"("thinking":{"type":"disabled"},)" +
                                    tools.substr(0, tools.size() - 1) +
                                    R"(,"tool_choice":{"type":"none"}})"
    );
}

TEST_CASE("anthropic speaks the version of its server", "[anthropic]") {
    chat_request request;
    request.messages = {{role::system, "only this"}};
    request.stream = false;
    const wire_request newer = encode(request, "api.anthropic.com");
    CHECK(newer.target == "/v1/messages");
    CHECK(newer.headers == decltype(newer.headers){{"anthropic-version", "2026-10-21"}});
    CHECK(
        newer.body ==
        R"({"model":"m","max_tokens":8192,"messages":[{"role":"user","content":[{"type":"text","text":"only this"}]}]})"
    );
    request.temperature = 0.5;
    const wire_request older = encode(request, "h");
    CHECK(older.headers == decltype(older.headers){{"anthropic-version", "2023-06-01"}});
    CHECK(older.body.ends_with(R"(],"temperature":0.5})"));
    CHECK(
        objection(request, profile_of("anthropic", "api.anthropic.com", "m"))->code ==
        errc::bad_request
    );
    CHECK_FALSE(objection(request, profile_of("anthropic", "h", "m")));
}
