#include "catch.hpp"
#include "decoding.hpp"
#include "error_text.hpp"
#include "wire_server.hpp"

#include <string>
#include <vector>

using namespace riva::llm;
using riva::test::code_of;
using riva::test::decoding;
using riva::test::sse;

namespace {

const std::string usage =
    R"("usageMetadata":{"promptTokenCount":70,"candidatesTokenCount":31,"thoughtsTokenCount":9,)"
    R"("cachedContentTokenCount":30,"totalTokenCount":110})";

/// An answer with these parts; `more` is added to the candidate.
std::string answer_with(std::string_view parts, std::string_view more = "") {
    return R"({"responseId":"r1","modelVersion":"g-1","candidates":[{"index":0,"content":{"role":"model","parts":[)" +
           std::string(parts) + "]}" + std::string(more) + "}]," + usage + "}";
}

std::string ended(std::string_view reason) {
    return ",\"finishReason\":\"" + std::string(reason) + "\"";
}

riva::result<chat_reply> decode(const std::string& body, chat_request request = {}) {
    return decoding(gemini_dialect(), std::move(request)).stream(body);
}

chat_request with_tool() {
    chat_request request;
    request.messages = {{role::user, "go"}};
    request.tools = {{"f", "does", R"({"type":"object"})"}};
    return request;
}

wire_request encode(const chat_request& request, std::string_view provider = "p") {
    return gemini_dialect().encode(request, "g", profile_of("gemini", "h", "g"), provider);
}

const std::string signed_call =
    R"({"functionCall":{"name":"f","args":{"a":1}},"thoughtSignature":"c2VhbA=="})";

}  // namespace

TEST_CASE("gemini encodes a conversation with instructions, tools and a schema", "[gemini]") {
    chat_request request = with_tool();
    request.messages = {{role::system, "be brief"}, {role::user, "a\nb"}, {role::assistant, "c"}};
    request.tool_choice = tool_choice::required;
    request.schema = answer_schema{"v", R"({"type":"object"})"};
    request.max_output_tokens = 100;
    request.temperature = 0.5;
    const wire_request wire = encode(request);
    CHECK(wire.target == "/v1beta/models/g:streamGenerateContent?alt=sse");
    CHECK(
        wire.body ==
        R"({"contents":[{"role":"user","parts":[{"text":"a\nb"}]},{"role":"model","parts":[{"text":"c"}]}],)"
        R"("systemInstruction":{"parts":[{"text":"be brief"}]},)"
        R"("tools":[{"functionDeclarations":[{"name":"f","description":"does","parametersJsonSchema":{"type":"object"}}]}],)"
        R"("toolConfig":{"functionCallingConfig":{"mode":"ANY"}},)"
        R"("generationConfig":{"maxOutputTokens":100,"temperature":0.5,)"
        R"("responseMimeType":"application/json","responseJsonSchema":{"type":"object"}}})"
    );
    request.stream = false;
    CHECK(encode(request).target == "/v1beta/models/g:generateContent");
}

TEST_CASE("gemini takes the model's name as it is written anywhere", "[gemini]") {
    chat_request request = with_tool();
    request.stream = false;
    const auto target = [&](std::string_view model) {
        const profile& server = profile_of("gemini", "h", model);
        return gemini_dialect().encode(request, model, server, "p").target;
    };
    CHECK(target("models/g-1.5") == "/v1beta/models/g-1.5:generateContent");
    CHECK(target("tunedModels/x") == "/v1beta/tunedModels/x:generateContent");
    CHECK(target("a?b#c:%@") == "/v1beta/models/a%3Fb%23c%3A%25%40:generateContent");
}

TEST_CASE(
    "gemini sends its own turns back unchanged, and those of others in our words", "[gemini]"
) {
    chat_request request = with_tool();
    decoding first(gemini_dialect(), request);
    const auto reply = first.stream(sse({answer_with(signed_call, ended("STOP"))}));
    REQUIRE(reply);
    REQUIRE(reply->native);
    request.messages.push_back(to_message(*reply));
    message result{role::tool, "7"};
    result.tool_call_id = reply->tool_calls.at(0).id;
    result.tool_name = "f";
    request.messages.push_back(result);
    const std::string given =
        R"({"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":"7"}}}]})";
    CHECK_THAT(
        encode(request, "p").body,
        Catch::Contains(R"({"role":"model","parts":[)" + signed_call + "]}," + given)
    );
    CHECK_THAT(
        encode(request, "another").body,
        Catch::Contains(
            R"({"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1}}}]},)" + given
        )
    );
}

TEST_CASE("gemini reads a streamed answer whatever its pieces", "[gemini]") {
    const std::string stream = sse(
        {answer_with(R"({"text":"hm","thought":true})"),
         answer_with(R"({"text":"hel"})"),
         answer_with(R"({"text":"lo"})", ended("STOP"))}
    );
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{7}, std::size_t{100}, stream.size()}) {
        decoding one(gemini_dialect());
        const auto reply = one.stream(stream, piece);
        REQUIRE(reply);
        CHECK(reply->text == "hello");
        CHECK(reply->reasoning == "hm");
        CHECK(reply->usage == token_usage{70, 40, 30, 9});
        CHECK(reply->model == "g-1");
        CHECK_FALSE(reply->native);
        CHECK(
            one.transcript() ==
            "started r1 g-1\n0 reasoning hm\n1 text hel\n1 text lo\nusage 70 40 30 9 0\n"
            "finished end_turn\n"
        );
    }
}

TEST_CASE("gemini reads tool calls, whose end is STOP as well", "[gemini]") {
    const auto reply = decode(
        sse(
            {answer_with(R"({"functionCall":{"id":"x1","name":"f","args":{"a":[1,"b"]}}})"),
             answer_with(R"({"functionCall":{"name":"f"}})", ended("STOP"))}
        ),
        with_tool()
    );
    REQUIRE(reply);
    CHECK(reply->stop == stop_reason::tool_calls);
    CHECK(
        reply->tool_calls ==
        std::vector<tool_call>{{"x1", "f", R"({"a":[1,"b"]})"}, {"call_2", "f", "{}"}}
    );
}

TEST_CASE("gemini drops no arguments of a tool call", "[gemini]") {
    const auto called_with = [](std::string_view args) {
        const std::string call =
            R"({"functionCall":{"name":"f","args":)" + std::string(args) + "}}";
        return decode(sse({answer_with(call, ended("STOP"))}), with_tool());
    };
    CHECK(called_with("null")->tool_calls.at(0).arguments == "{}");
    for (const auto* odd : {R"("{}")", "[1]", "7"}) {
        CAPTURE(odd);
        CHECK(code_of(called_with(odd)) == errc::malformed_answer);
    }
}

TEST_CASE("gemini hands out nothing of an answer that is cut", "[gemini]") {
    decoding cut(gemini_dialect(), with_tool());
    CHECK(code_of(cut.stream(sse({answer_with(signed_call)}))) == errc::truncated_answer);
    CHECK(cut.so_far().tool_calls.empty());
    CHECK(code_of(decode("")) == errc::truncated_answer);
}

TEST_CASE("gemini tells how the model ended", "[gemini]") {
    const auto code = [](std::string_view reason) {
        return code_of(decode(sse({answer_with(R"({"text":"a"})", ended(reason))})));
    };
    CHECK(code("MAX_TOKENS") == errc::answer_too_long);
    for (const auto reason : {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"})
        CHECK(code(reason) == errc::refused_by_model);
    CHECK(code("MALFORMED_FUNCTION_CALL") == errc::malformed_answer);
    CHECK(code("UNEXPECTED_TOOL_CALL") == errc::malformed_answer);
    CHECK(code("LANGUAGE") == riva::error_code());
    const auto blocked = decode(sse({R"({"promptFeedback":{"blockReason":"SAFETY"}})"}));
    CHECK(
        blocked.error() ==
        riva::error{
            errc::refused_by_model, "the model refused to answer: the prompt was blocked (SAFETY)"
        }
    );
}

TEST_CASE("gemini recognises errors in a stream and answers of the wrong shape", "[gemini]") {
    const auto overloaded = decode(sse(
        {answer_with(R"({"text":"a"})"),
         R"({"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}})"}
    ));
    CHECK(
        overloaded.error() ==
        riva::error{errc::server_failed, "the model failed: busy; try again later"}
    );
    for (const std::string& odd :
         {std::string("[]"),
          std::string("{"),
          std::string(R"({"candidates":[1]})"),
          std::string(R"({"candidates":[{},{}]})"),
          answer_with("1")}) {
        CAPTURE(odd);
        CHECK(code_of(decode(sse({odd}))) == errc::malformed_answer);
    }
}

TEST_CASE("gemini reads an answer that is no stream, and a list of answers", "[gemini]") {
    const std::string first = answer_with(R"({"text":"hel"})");
    const std::string last = answer_with(R"({"text":"lo"})", ended("STOP"));
    CHECK(decoding(gemini_dialect()).whole(last)->text == "lo");
    CHECK(decoding(gemini_dialect()).whole("[" + first + "," + last + "]")->text == "hello");
    CHECK(code_of(decoding(gemini_dialect()).whole(first)) == errc::malformed_answer);
    CHECK(
        code_of(decoding(gemini_dialect())
                    .whole(R"([{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"x"}}])")
        ) == errc::bad_request
    );
}

TEST_CASE("gemini talks over HTTP, in the version that the base URL names", "[gemini]") {
    std::vector<std::string> asked;
    const std::string stream = sse({answer_with(R"({"text":"hello"})", ended("STOP"))});
    riva::test::wire_server server([&](riva::test::wire& client, int) {
        asked.push_back(client.request());
        client.send(riva::test::response("200 OK", stream, "Content-Type: text/event-stream\r\n"));
    });
    const std::string spec = "gemini:g@http://127.0.0.1:" + std::to_string(server.port());
    chat_request request;
    request.messages = {{role::user, "hi"}};
    CHECK(riva::test::complete(spec, request, "secret-key")->text == "hello");
    CHECK(riva::test::complete(spec + "/v1", request, "")->text == "hello");
    REQUIRE(asked.size() == 2);
    CHECK(asked[0].starts_with("POST /v1beta/models/g:streamGenerateContent?alt=sse HTTP/1.1\r\n"));
    CHECK(asked[0].find("\r\nx-goog-api-key: secret-key\r\n") != std::string::npos);
    CHECK(asked[1].starts_with("POST /v1/models/g:streamGenerateContent?alt=sse HTTP/1.1\r\n"));
}
