#include "catch.hpp"
#include "decoding.hpp"
#include "error_text.hpp"
#include "line_decoder.hpp"
#include "wire_server.hpp"

#include <string>
#include <vector>

using namespace riva::llm;
using riva::test::code_of;

namespace {

std::string piece(std::string_view message) {
    return R"({"model":"l","message":{"role":"assistant",)" + std::string(message) +
           R"(},"done":false})";
}

std::string done(std::string_view reason = "stop", int input = 70) {
    return R"({"model":"l","message":{"role":"assistant","content":""},"done":true,"done_reason":")" +
           std::string(reason) + R"(","prompt_eval_count":)" + std::to_string(input) +
           R"(,"eval_count":40})";
}

const std::string hello = piece(R"("content":"hello")");

/// The reply to lines that arrive one by one.
riva::result<chat_reply> decode(
    const std::vector<std::string>& lines, const chat_request& request = {}
) {
    const answerer from{"the model", "KEY"};
    const stream_observer nobody;
    answer got(from, request, nobody);
    const auto decoder = ollama_dialect().make_decoder(got, request, "p");
    for (const std::string& each : lines)
        if (const auto taken = decoder->take_event({}, each); !taken)
            return got.fail(taken.error());
    return got.finish();
}

chat_request with_tool() {
    chat_request request;
    request.messages = {{role::user, "go"}};
    request.tools = {{"f", "does", R"({"type":"object"})"}};
    return request;
}

std::string encode(const chat_request& request) {
    return ollama_dialect().encode(request, "l", profile_of("ollama", "h", "l"), "p").body;
}

}  // namespace

TEST_CASE("ollama encodes a request with the size of its context", "[ollama]") {
    chat_request request = with_tool();
    message turn{role::assistant, ""};
    turn.tool_calls = {{"call_1", "f", R"({"a":1})"}};
    message result{role::tool, "7"};
    result.tool_call_id = "call_1";
    result.tool_name = "f";
    request.messages.push_back(turn);
    request.messages.push_back(result);
    request.schema = answer_schema{"v", R"({"type":"object"})"};
    request.max_output_tokens = 100;
    CHECK(
        encode(request) ==
        R"({"model":"l","messages":[{"role":"user","content":"go"},)"
        R"({"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]},)"
        R"({"role":"tool","content":"7","tool_name":"f"}],)"
        R"("tools":[{"type":"function","function":{"name":"f","description":"does","parameters":{"type":"object"}}}],)"
        R"("format":{"type":"object"},"options":{"num_predict":100,"num_ctx":32768},"stream":true})"
    );
}

TEST_CASE("ollama is not asked what does not fit into its context", "[ollama]") {
    chat_request request;
    request.messages = {{role::user, std::string(200'000, 'x')}};
    const auto why = objection(request, profile_of("ollama", "h", "l"));
    REQUIRE(why);
    CHECK(why->code == errc::bad_request);
    CHECK_THAT(why->context, Catch::Contains("does not fit into the 32768"));
}

TEST_CASE("ollama reads an answer line by line", "[ollama]") {
    const auto reply = decode({piece(R"("content":"","thinking":"hm")"), hello, done(), hello});
    REQUIRE(reply);
    CHECK(reply->text == "hello");
    CHECK(reply->reasoning == "hm");
    CHECK(reply->usage == token_usage{70, 40, 0, 0});
    CHECK(reply->model == "l");
}

TEST_CASE("ollama reads tool calls, which have no ids", "[ollama]") {
    const std::string call = piece(
        R"("content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}},{"function":{"name":"f"}}])"
    );
    const auto reply = decode({call, done()}, with_tool());
    REQUIRE(reply);
    CHECK(reply->stop == stop_reason::tool_calls);
    CHECK(
        reply->tool_calls ==
        std::vector<tool_call>{{"call_1", "f", R"({"a":1})"}, {"call_2", "f", "{}"}}
    );
    CHECK(code_of(decode({call}, with_tool())) == errc::truncated_answer);
}

TEST_CASE("ollama tells how the model ended", "[ollama]") {
    CHECK(code_of(decode({hello, done("length")})) == errc::answer_too_long);
    CHECK(decode({hello, done("unload")})->stop == stop_reason::other);
    CHECK(code_of(decode({done("load")})) == errc::malformed_answer);
    CHECK(code_of(decode({hello})) == errc::truncated_answer);
    CHECK(
        decode({hello, R"({"error":"out of memory"})"}).error() ==
        riva::error{errc::server_failed, "the model failed: out of memory; try again later"}
    );
    CHECK(code_of(decode({"[]"})) == errc::malformed_answer);
}

TEST_CASE("ollama that cut the prompt without a word is found out", "[ollama]") {
    chat_request request;
    request.messages = {{role::user, std::string(60'000, 'x')}};
    const auto cut = decode({hello, done("stop", 2'000)}, request);
    CHECK(
        cut.error() ==
        riva::error{
            errc::bad_request,
            "the model read only 2000 of about 15000 tokens; give the server a larger context, or "
            "ask for less"
        }
    );
    CHECK(decode({hello, done("stop", 9'000)}, request));
    // The server's own context, filled to the last token.
    CHECK(code_of(decode({hello, done("stop", 4'096)}, request)) == errc::bad_request);
    CHECK(decode({hello, done("stop", 4'095)}, request));
    CHECK(decode({hello, done("stop", 12'288)}, request));
    CHECK(decode({hello, done("stop", 1'024)}));
}

TEST_CASE("ollama drops no arguments of a tool call", "[ollama]") {
    const auto called_with = [](std::string_view arguments) {
        const std::string call = piece(
            R"("content":"","tool_calls":[{"function":{"name":"f","arguments":)" +
            std::string(arguments) + "}}]"
        );
        return decode({call, done()}, with_tool());
    };
    CHECK(called_with("null")->tool_calls.at(0).arguments == "{}");
    CHECK(called_with(R"("{\"a\":1}")")->tool_calls.at(0).arguments == R"({"a":1})");
    for (const auto* odd : {R"("a")", "[1]", "7", "true"}) {
        CAPTURE(odd);
        CHECK(code_of(called_with(odd)) == errc::malformed_answer);
    }
}

TEST_CASE("lines are the same however they are cut, and have a limit", "[ollama]") {
    const std::string stream = "{\"a\":1}\r\n\n{}\n  x\nlast";
    for (std::size_t size = 1; size <= stream.size(); ++size) {
        line_decoder lines(8);
        std::vector<std::string> seen;
        for (std::size_t at = 0; at < stream.size(); at += size) {
            const std::string part = stream.substr(at, size);
            lines.feed(part);
            for (auto line = lines.next(); line && *line; line = lines.next())
                seen.emplace_back(**line);
        }
        CHECK(seen == std::vector<std::string>{"{\"a\":1}", "{}", "  x"});
        CHECK(lines.unfinished() == "last");
    }
    line_decoder lines(8);
    lines.feed("123456789\n");
    CHECK(lines.next().error().code == errc::http_limit);
    lines.feed("1\n");
    CHECK(lines.next().error().code == errc::http_limit);
}

TEST_CASE("ollama talks over HTTP, in lines and whole", "[ollama]") {
    std::vector<std::string> asked;
    riva::test::wire_server server([&](riva::test::wire& client, int nth) {
        asked.push_back(client.request());
        const std::string lines = hello + "\n" + done() + "\n";
        const std::string whole =
            R"({"model":"l","message":{"content":"whole"},"done":true,"done_reason":"stop"})";
        client.send(
            nth == 1
                ? riva::test::response("200 OK", lines, "Content-Type: application/x-ndjson\r\n")
                : riva::test::response("200 OK", whole, "Content-Type: application/json\r\n")
        );
    });
    const std::string spec = "ollama:l:8b@http://127.0.0.1:" + std::to_string(server.port());
    chat_request request;
    request.messages = {{role::user, "hi"}};
    CHECK(riva::test::complete(spec, request, "")->text == "hello");
    request.stream = false;
    CHECK(riva::test::complete(spec, request, "")->text == "whole");
    REQUIRE(asked.size() == 2);
    CHECK(asked[0].starts_with("POST /api/chat HTTP/1.1\r\n"));
    CHECK(asked[0].find("Authorization") == std::string::npos);
    CHECK(asked[0].find(R"("model":"l:8b")") != std::string::npos);
}
