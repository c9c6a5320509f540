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

const std::string begin =
    R"({"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant",)"
    R"("content":[],"model":"m","stop_reason":null,"usage":{"input_tokens":5,)"
    R"("cache_read_input_tokens":30,"cache_creation_input_tokens":200,"output_tokens":1}}})";
const std::string end = R"({"type":"message_stop"})";

std::string ending(std::string_view reason) {
    return R"({"type":"message_delta","delta":{"stop_reason":")" + std::string(reason) +
           R"(","stop_sequence":null},"usage":{"output_tokens":40}})";
}

std::string start(int index, std::string_view block) {
    return R"({"type":"content_block_start","index":)" + std::to_string(index) +
           ",\"content_block\":" + std::string(block) + "}";
}

std::string piece(int index, std::string_view delta) {
    return R"({"type":"content_block_delta","index":)" + std::to_string(index) +
           ",\"delta\":" + std::string(delta) + "}";
}

std::string stop(int index) {
    return R"({"type":"content_block_stop","index":)" + std::to_string(index) + "}";
}

std::string text(std::string_view words) {
    return piece(0, R"({"type":"text_delta","text":")" + std::string(words) + "\"}");
}

const std::string text_block = start(0, R"({"type":"text","text":""})");

/// Text, and an end for that reason.
std::string told(std::string_view reason) {
    return sse({begin, text_block, text("hello"), stop(0), ending(reason), end});
}

chat_request with_tool() {
    chat_request request;
    request.messages = {{role::user, "go"}};
    request.tools = {{"f", "does it", R"({"type":"object"})"}};
    return request;
}

/// Thinking, text and two calls, with events that nobody knows.
const std::string thoughtful = sse(
    {begin,
     R"({"type":"ping"})",
     start(0, R"({"type":"thinking","thinking":"","signature":""})"),
     piece(0, R"({"type":"thinking_delta","thinking":"hm "})"),
     piece(0, R"({"type":"thinking_delta","thinking":"so"})"),
     piece(0, R"({"type":"signature_delta","signature":"c2ln"})"),
     stop(0),
     start(1, R"({"type":"redacted_thinking","data":"eHg="})"),
     stop(1),
     R"({"type":"weather_report","index":"sunny"})",
     start(2, R"({"type":"text","text":"hel"})"),
     piece(2, R"({"type":"text_delta","text":"lo"})"),
     stop(2),
     start(3, R"({"type":"tool_use","id":"t1","name":"f","input":{}})"),
     piece(3, R"({"type":"input_json_delta","partial_json":""})"),
     piece(3, R"({"type":"input_json_delta","partial_json":"{\"x\": "})"),
     piece(3, R"({"type":"input_json_delta","partial_json":"1.0}"})"),
     stop(3),
     start(4, R"({"type":"tool_use","id":"t2","name":"f","input":{}})"),
     stop(4),
     ending("tool_use"),
     end,
     "garbage after the end"}
);

const std::string thoughtful_turn =
    R"([{"type":"thinking","thinking":"hm so","signature":"c2ln"},)"
    R"({"type":"redacted_thinking","data":"eHg="},{"type":"text","text":"hello"},)"
    R"({"type":"tool_use","id":"t1","name":"f","input":{"x": 1.0}},)"
    R"({"type":"tool_use","id":"t2","name":"f","input":{}}])";

chat_reply thoughtful_reply() {
    chat_reply made;
    made.text = "hello";
    made.reasoning = "hm so";
    made.tool_calls = {{"t1", "f", R"({"x": 1.0})"}, {"t2", "f", "{}"}};
    made.native = native_turn{"p", thoughtful_turn};
    made.stop = stop_reason::tool_calls;
    made.usage = {235, 40, 30, 0, 200};
    made.usage_known = true;
    made.model = "m";
    made.id = "msg_1";
    return made;
}

wire_request encode(
    const chat_request& request,
    std::string_view host = "127.0.0.1",
    std::string_view provider = "p"
) {
    return anthropic_dialect().encode(request, "m", profile_of("anthropic", host, "m"), provider);
}

riva::result<chat_reply> decode(std::string_view body, const chat_request& request = {}) {
    return decoding(anthropic_dialect(), request).stream(body);
}

riva::result<chat_reply> decode_whole(std::string_view body, const chat_request& request = {}) {
    return decoding(anthropic_dialect(), request).whole(body);
}

}  // namespace

TEST_CASE("anthropic puts a streamed answer together", "[anthropic]") {
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, thoughtful.size()}) {
        CAPTURE(size);
        decoding c(anthropic_dialect(), with_tool());
        CHECK(c.stream(thoughtful, size).value() == thoughtful_reply());
        CHECK(
            c.transcript() ==
            "started msg_1 m\n"
            "0 reasoning hm \n"
            "0 reasoning so\n"
            R"(1 opaque thinking {"type":"thinking","thinking":"hm so","signature":"c2ln"})"
            "\n"
            R"(2 opaque redacted_thinking {"type":"redacted_thinking","data":"eHg="})"
            "\n"
            "3 text hel\n"
            "3 text lo\n"
            "4 call t1 f\n"
            "4 arguments {\"x\": \n"
            "4 arguments 1.0}\n"
            "4 ended\n"
            "5 call t2 f\n"
            "5 ended\n"
            "usage 235 40 30 0 200\n"
            "finished tool_calls\n"
        );
    }
}

TEST_CASE("anthropic reads a whole answer like a streamed one", "[anthropic]") {
    const std::string body =
        R"({"id":"msg_1","type":"message","role":"assistant","model":"m","content":)" +
        thoughtful_turn +
        R"(,"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":5,)"
        R"("cache_read_input_tokens":30,"cache_creation_input_tokens":200,"output_tokens":40}})";
    const chat_reply got = decode_whole(body, with_tool()).value();
    CHECK(got.text == "hello");
    CHECK(got.reasoning == "hm so");
    CHECK(got.usage == thoughtful_reply().usage);
    REQUIRE(got.tool_calls.size() == 2);
    CHECK(got.tool_calls[1] == tool_call{"t2", "f", "{}"});
    REQUIRE(got.native);
    CHECK(got.native->json.starts_with(thoughtful_turn.substr(0, 120)));
}

TEST_CASE(
    "anthropic sends a turn back unchanged to the provider it came from alone", "[anthropic]"
) {
    chat_request request = with_tool();
    request.messages.push_back(to_message(thoughtful_reply()));
    request.messages.push_back({role::tool, "one", {}, "t1", "f"});
    request.messages.push_back({role::tool, "two", {}, "t2", "f"});
    CHECK(
        encode(request).body.find(
            R"({"role":"assistant","content":)" + thoughtful_turn + "},{\"role\":\"user\""
        ) != std::string::npos
    );
    const std::string elsewhere = encode(request, "127.0.0.1", "another").body;
    CHECK(elsewhere.find("thinking") == std::string::npos);
    CHECK(
        elsewhere.find(R"({"role":"assistant","content":[{"type":"text","text":"hello"},)"
                       R"({"type":"tool_use","id":"t1","name":"f","input":{"x": 1.0}},)"
        ) != std::string::npos
    );
    for (const auto* broken : {"", "[]", "{}", "[1", "null"}) {
        request.messages[1].native->json = broken;
        CHECK(encode(request).body == elsewhere);
    }
}

TEST_CASE("anthropic keeps no turn of which it did not understand all", "[anthropic]") {
    const auto signed_thought = [](std::string_view more) {
        return sse(
            {begin,
             start(0, R"({"type":"thinking","thinking":"a","signature":"s"})"),
             piece(0, more),
             stop(0),
             start(1, R"({"type":"text","text":"hello"})"),
             stop(1),
             ending("end_turn"),
             end}
        );
    };
    CHECK(decode(signed_thought(R"({"type":"thinking_delta","thinking":"b"})"))->native);
    CHECK_FALSE(decode(signed_thought(R"({"type":"odd_delta","thinking":"b"})"))->native);
    CHECK_FALSE(decode(told("end_turn"))->native);
}

TEST_CASE("anthropic keeps blocks of kinds that it does not know", "[anthropic]") {
    const auto got = decode(sse(
        {begin,
         start(0, R"({"type":"server_tool_use","id":"s1","name":"search","input":{}})"),
         piece(0, R"({"type":"input_json_delta","partial_json":"{\"q\":"})"),
         piece(0, R"({"type":"input_json_delta","partial_json":"\"x\"}"})"),
         stop(0),
         start(1, R"({"type":"text","text":""})"),
         piece(1, R"({"type":"text_delta","text":"hello"})"),
         piece(1, R"({"type":"citations_delta","citation":{"n":1}})"),
         stop(1),
         ending("pause_turn"),
         end}
    ));
    REQUIRE(got);
    CHECK(got->stop == stop_reason::pause_turn);
    CHECK(
        got->native->json ==
        R"([{"type":"server_tool_use","id":"s1","name":"search","input":{"q":"x"}},)"
        R"({"type":"text","text":"hello","citations":[{"n":1}]}])"
    );
}

TEST_CASE("anthropic tells how the model ended", "[anthropic]") {
    CHECK(decode(told("end_turn"))->stop == stop_reason::end_turn);
    CHECK(decode(told("stop_sequence"))->stop == stop_reason::stop_sequence);
    CHECK(decode(told("pause_turn"))->stop == stop_reason::pause_turn);
    CHECK(decode(told("tool_use"))->stop == stop_reason::end_turn);
    CHECK(decode(told("tired"))->stop == stop_reason::other);
    CHECK(code_of(decode(told("max_tokens"))) == errc::answer_too_long);
    CHECK(code_of(decode(told("refusal"))) == errc::refused_by_model);
    CHECK(code_of(decode(told("model_context_window_exceeded"))) == errc::bad_request);
    CHECK(
        code_of(decode(sse({begin, text_block, text("a"), stop(0), end}))) == errc::malformed_answer
    );
}

TEST_CASE("anthropic reports the server's failure in every shape", "[anthropic]") {
    struct report {
        std::string data;
        errc code;
    };
    const std::vector<report> reports{
        {R"({"type":"error","error":{"type":"overloaded_error","message":"busy"},"request_id":"r"})",
         errc::server_failed},
        {R"({"type":"error","error":{"type":"api_error","message":"boom"}})", errc::server_failed},
        {R"({"type":"error","error":{"type":"timeout_error","message":"slow"}})",
         errc::server_failed},
        {R"({"type":"error","error":{"type":"rate_limit_error","message":"slow"}})",
         errc::rate_limited},
        {R"({"type":"error","error":{"type":"invalid_request_error","message":"no"}})",
         errc::bad_request},
        {R"({"type":"error","error":{"type":"authentication_error","message":"no"}})",
         errc::unauthorized},
        {R"({"type":"error","error":{"type":"permission_error","message":"no"}})",
         errc::unauthorized},
        {R"({"type":"error","error":{"type":"billing_error","message":"no"}})", errc::quota_exceeded
        },
        {R"({"error":{"message":"other shape","code":"rate_limit_exceeded"}})", errc::rate_limited},
        {R"({"error":"text"})", errc::server_failed},
        {R"({"type":"error"})", errc::server_failed},
    };
    for (const auto& [data, code] : reports) {
        CAPTURE(data);
        CHECK(code_of(decode(sse({begin, text_block, text("hello"), data}))) == code);
        CHECK(code_of(decode("event: error\ndata: " + data + "\n\n")) == code);
        CHECK(code_of(decode_whole(data)) == code);
    }
    CHECK(code_of(decode("event: error\ndata: out of memory\n\n")) == errc::server_failed);
}

TEST_CASE("anthropic hands out nothing of a stream that is cut anywhere", "[anthropic]") {
    const std::size_t whole = thoughtful.find(end) + end.size();
    for (std::size_t size = 0; size < whole; ++size) {
        decoding c(anthropic_dialect(), with_tool());
        const auto got = c.stream(thoughtful.substr(0, size));
        if (code_of(got) != errc::truncated_answer || !c.so_far().tool_calls.empty()) FAIL(size);
    }
    CHECK(decode(thoughtful.substr(0, whole), with_tool()).value() == thoughtful_reply());
    CHECK(code_of(decode(sse({"[DONE]"}))) == errc::truncated_answer);
}

TEST_CASE("anthropic refuses what is not of its shape", "[anthropic]") {
    for (const std::string& each :
         {std::string("1"),
          std::string("[]"),
          std::string("no json"),
          std::string("{\"type\":\"ping\"} {}"),
          std::string("{\"type\":\"ping\",\"type\":\"ping\"}"),
          std::string("{\"type\":\"\xff\"}"),
          std::string(100'000, '['),
          std::string(R"({"type":"message_start"})"),
          std::string(R"({"type":"content_block_start","content_block":{"type":"text"}})"),
          std::string(R"({"type":"content_block_start","index":-1,"content_block":{"type":"text"}})"
          ),
          std::string(R"({"type":"content_block_start","index":1})"),
          std::string(R"({"type":"content_block_delta","index":0,"delta":1})"),
          piece(7, R"({"type":"text_delta","text":"x"})")}) {
        CAPTURE(each.substr(0, 200));
        CHECK(
            code_of(
                decode(sse({begin, text_block, text("a"), each, stop(0), ending("end_turn"), end}))
            ) == errc::malformed_answer
        );
    }
    for (const auto* body :
         {"",
          "{}",
          "[]",
          R"({"type":"message","content":"x","stop_reason":"end_turn"})",
          R"({"type":"message","content":[1],"stop_reason":"end_turn"})",
          R"({"type":"message","content":[{"type":"text","text":"a"}],"stop_reason":null})",
          R"({"type":"message","content":[],"stop_reason":"end_turn"})"}) {
        CAPTURE(body);
        CHECK(code_of(decode_whole(body)) == errc::malformed_answer);
    }
}

TEST_CASE(
    "anthropic takes a tool's input that comes whole, and none that does not end", "[anthropic]"
) {
    const std::string call =
        start(0, R"({"type":"tool_use","id":"","name":"f","input":{"x":[1]}})");
    const auto got = decode(sse({begin, call, stop(0), ending("end_turn"), end}), with_tool());
    CHECK(got->tool_calls == std::vector<tool_call>{{"call_1", "f", R"({"x":[1]})"}});
    CHECK(
        code_of(decode(sse({begin, call, ending("tool_use"), end}), with_tool())) ==
        errc::malformed_answer
    );
    const std::string half = piece(0, R"({"type":"input_json_delta","partial_json":"{\"x\""})");
    CHECK(
        code_of(decode(sse({begin, call, half, stop(0), ending("tool_use"), end}), with_tool())) ==
        errc::malformed_answer
    );
    CHECK(
        code_of(decode(sse({begin, call, half, ending("max_tokens"), end}), with_tool())) ==
        errc::answer_too_long
    );
}

TEST_CASE("anthropic bounds calls, arguments and blocks", "[anthropic]") {
    const std::string call = R"({"type":"tool_use","id":"t","name":"f","input":{}})";
    std::vector<std::string> calls{begin};
    for (int i = 0; i < 129; ++i) calls.push_back(start(i, call));
    CHECK(code_of(decode(sse(calls), with_tool())) == errc::malformed_answer);
    const std::string flood = piece(
        0, R"({"type":"input_json_delta","partial_json":")" + std::string(600'000, 'x') + "\"}"
    );
    CHECK(
        code_of(decode(sse({begin, start(0, call), flood, flood}), with_tool())) == errc::http_limit
    );
    std::vector<std::string> blocks{begin};
    for (int i = 0; i < 4097; ++i) blocks.push_back(start(i, R"({"type":"text","text":""})"));
    CHECK(code_of(decode(sse(blocks))) == errc::http_limit);
}

TEST_CASE("anthropic reads a recorded stream whatever its pieces", "[anthropic]") {
    const auto stream = riva::test::recorded_stream("messages.sse");
    if (!stream) return;
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{7}, std::size_t{100}, stream->size()}) {
        decoding c(anthropic_dialect());
        CHECK(code_of(c.stream(*stream, size)) == errc::answer_too_long);
        CHECK(c.so_far().text == "scorewhicr nwill");
        CHECK(c.so_far().usage == token_usage{17, 5, 16, 0});
        CHECK(c.so_far().model == "tiny");
        CHECK(
            c.transcript().ends_with("failed the model stopped at the output limit; allow more "
                                     "output tokens or ask for less\n")
        );
    }
}

TEST_CASE("anthropic model asks over HTTP and reads a stream or a body", "[anthropic]") {
    std::vector<std::string> asked;
    const std::string stream = told("end_turn");
    const std::string whole =
        R"({"type":"message","id":"i","model":"m","content":[{"type":"text","text":"whole"}],)"
        R"("stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":2}})";
    riva::test::wire_server server([&](riva::test::wire& client, int nth) {
        asked.push_back(client.request());
        if (nth == 1)
            client.send(
                riva::test::response("200 OK", stream, "Content-Type: text/event-stream\r\n")
            );
        else if (nth == 2)
            client.send(riva::test::response("200 OK", whole, "Content-Type: application/json\r\n")
            );
        else
            client.send(riva::test::response(
                "400 Bad Request",
                R"({"type":"error","error":{"type":"invalid_request_error","message":"why"}})",
                "Content-Type: application/json\r\n"
            ));
    });
    const std::string spec = "anthropic:m@http://127.0.0.1:" + std::to_string(server.port());
    chat_request request;
    request.messages = {{role::user, "hi"}};
    const auto first = riva::test::complete(spec, request, "secret-key");
    REQUIRE(first);
    CHECK(first->text == "hello");
    CHECK(first->usage == token_usage{235, 40, 30, 0, 200});
    request.stream = false;
    CHECK(riva::test::complete(spec, request, "")->text == "whole");
    CHECK(code_of(riva::test::complete(spec, request, "")) == errc::bad_request);
    REQUIRE(asked.size() == 3);
    CHECK(asked[0].starts_with("POST /v1/messages HTTP/1.1\r\n"));
    CHECK(asked[0].find("\r\nanthropic-version: 2023-06-01\r\n") != std::string::npos);
    CHECK(asked[0].find("\r\nx-api-key: secret-key\r\n") != std::string::npos);
    CHECK(asked[0].find("Authorization") == std::string::npos);
    CHECK(asked[1].find("x-api-key") == std::string::npos);
}
