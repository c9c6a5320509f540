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

const std::string created =
    R"({"type":"response.created","response":{"id":"r1","model":"m","status":"in_progress","output":[]}})";
const std::string usage =
    R"("usage":{"input_tokens":70,"output_tokens":40,"input_tokens_details":{"cached_tokens":30},)"
    R"("output_tokens_details":{"reasoning_tokens":9}})";

/// The last event: `more` is added to the response.
std::string ending(std::string_view status, std::string_view more = "\"output\":[]") {
    return R"({"type":"response.)" + std::string(status) +
           R"(","response":{"id":"r1","model":"m","error":null,"status":")" + std::string(status) +
           "\"," + std::string(more) + "," + usage + "}}";
}

std::string added(int index, std::string_view item) {
    return R"({"type":"response.output_item.added","output_index":)" + std::to_string(index) +
           ",\"item\":" + std::string(item) + "}";
}

std::string done(int index, std::string_view item) {
    return R"({"type":"response.output_item.done","output_index":)" + std::to_string(index) +
           ",\"item\":" + std::string(item) + "}";
}

std::string event(std::string_view kind, int index, std::string_view key, std::string_view value) {
    return R"({"type":"response.)" + std::string(kind) + R"(","output_index":)" +
           std::to_string(index) + ",\"" + std::string(key) + "\":\"" + std::string(value) + "\"}";
}

std::string text(std::string_view words) {
    return event("output_text.delta", 0, "delta", words);
}

std::string said(std::string_view words) {
    return R"({"type":"message","id":"m1","role":"assistant","status":"completed","content":)"
           R"([{"type":"output_text","text":")" +
           std::string(words) + R"(","annotations":[]}]})";
}

std::string call(std::string_view id, std::string_view arguments) {
    return R"({"type":"function_call","id":"fc_)" + std::string(id) + R"(","call_id":")" +
           std::string(id) + R"(","name":"f","arguments":")" + std::string(arguments) +
           R"(","status":"completed"})";
}

const std::string message_begun =
    R"({"type":"message","id":"m1","role":"assistant","status":"in_progress","content":[]})";
const std::string thought =
    R"({"type":"reasoning","id":"rs1","summary":[{"type":"summary_text","text":"hm"},)"
    R"({"type":"summary_text","text":"so"}],"encrypted_content":"eHg="})";

chat_request with_tool() {
    chat_request request;
    request.messages = {{role::user, "go"}};
    request.tools = {{"f", "does it", R"({"type":"object"})"}};
    return request;
}

/// Reasoning, text and two calls, with events that nobody knows.
const std::string thoughtful = sse(
    {created,
     R"({"type":"response.queued","response":{"id":"r1"}})",
     added(0, R"({"type":"reasoning","id":"rs1","summary":[]})"),
     R"({"type":"response.reasoning_summary_part.added","output_index":0,"summary_index":0})",
     event("reasoning_summary_text.delta", 0, "delta", "hm"),
     R"({"type":"response.reasoning_summary_part.added","output_index":0,"summary_index":1})",
     event("reasoning_summary_text.delta", 0, "delta", "so"),
     done(0, thought),
     R"({"type":"response.weather.delta","output_index":0,"delta":"sunny"})",
     added(1, message_begun),
     event("output_text.delta", 1, "delta", "hel"),
     event("output_text.delta", 1, "delta", "lo"),
     event("output_text.done", 1, "text", "hello"),
     done(1, said("hello")),
     added(2, call("t1", "")),
     event("function_call_arguments.delta", 2, "delta", R"({\"x\": )"),
     event("function_call_arguments.delta", 2, "delta", "1.0}"),
     event("function_call_arguments.done", 2, "arguments", R"({\"x\": 1.0})"),
     done(2, call("t1", R"({\"x\": 1.0})")),
     added(3, call("t2", "")),
     done(3, call("t2", "{}")),
     ending("completed"),
     "garbage after the end"}
);

const std::string thoughtful_turn = "[" + thought + "," + said("hello") + "," +
                                    call("t1", R"({\"x\": 1.0})") + "," + call("t2", "{}") + "]";

chat_reply thoughtful_reply() {
    chat_reply made;
    made.text = "hello";
    made.reasoning = "hm\n\nso";
    made.tool_calls = {{"t1", "f", R"({"x": 1.0})"}, {"t2", "f", "{}"}};
    made.native = native_turn{"p", thoughtful_turn};
    made.stop = stop_reason::tool_calls;
    made.usage = {70, 40, 30, 9};
    made.usage_known = true;
    made.model = "m";
    made.id = "r1";
    return made;
}

std::string encode(
    const chat_request& request, std::string_view model = "m", std::string_view provider = "p"
) {
    const profile& server = profile_of("openai-responses", "api.openai.com", model);
    return openai_responses_dialect().encode(request, model, server, provider).body;
}

riva::result<chat_reply> decode(std::string_view body, const chat_request& request = {}) {
    return decoding(openai_responses_dialect(), request).stream(body);
}

riva::result<chat_reply> decode_whole(std::string_view body, const chat_request& request = {}) {
    return decoding(openai_responses_dialect(), request).whole(body);
}

std::string told(std::string_view end) {
    return sse({created, added(0, message_begun), text("hello"), std::string(end)});
}

}  // namespace

TEST_CASE("openai_responses puts a streamed answer together", "[openai_responses]") {
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, thoughtful.size()}) {
        CAPTURE(size);
        decoding c(openai_responses_dialect(), with_tool());
        CHECK(c.stream(thoughtful, size).value() == thoughtful_reply());
        CHECK(
            c.transcript() ==
            "started r1 m\n"
            "0 reasoning hm\n"
            "0 reasoning \n\n\n"
            "0 reasoning so\n"
            "1 opaque reasoning " +
                thought +
                "\n"
                "2 text hel\n"
                "2 text lo\n"
                "3 call t1 f\n"
                "3 arguments {\"x\": \n"
                "3 arguments 1.0}\n"
                "3 ended\n"
                "4 call t2 f\n"
                "4 arguments {}\n"
                "4 ended\n"
                "usage 70 40 30 9 0\n"
                "finished tool_calls\n"
        );
    }
}

TEST_CASE("openai_responses reads a whole answer like a streamed one", "[openai_responses]") {
    const std::string body =
        R"({"id":"r1","object":"response","model":"m","status":"completed","error":null,)"
        R"("incomplete_details":null,"output":)" +
        thoughtful_turn + "," + usage + "}";
    CHECK(decode_whole(body, with_tool()).value() == thoughtful_reply());
}

TEST_CASE(
    "openai_responses sends a turn back unchanged to the provider it came from alone",
    "[openai_responses]"
) {
    chat_request request = with_tool();
    request.messages.push_back(to_message(thoughtful_reply()));
    request.messages.push_back({role::tool, "one", {}, "t1", "f"});
    const std::string items = thoughtful_turn.substr(1, thoughtful_turn.size() - 2);
    CHECK(
        encode(request).find("}," + items + R"(,{"type":"function_call_output","call_id":"t1")") !=
        std::string::npos
    );
    const std::string elsewhere = encode(request, "m", "another");
    CHECK(elsewhere.find("eHg=") == std::string::npos);
    CHECK(
        elsewhere.find(
            R"({"type":"message","role":"assistant","content":[{"type":"output_text","text":"hello"}]},)"
            R"({"type":"function_call","call_id":"t1","name":"f","arguments":"{\"x\": 1.0}"},)"
        ) != std::string::npos
    );
}

TEST_CASE(
    "openai_responses keeps no reasoning that the provider could not read again",
    "[openai_responses]"
) {
    const std::string open = R"({"type":"reasoning","id":"rs2","summary":[],"content":)"
                             R"([{"type":"reasoning_text","text":"hm"}],"encrypted_content":""})";
    const auto plain =
        decode(sse({created, done(0, open), done(1, said("a")), ending("completed")}));
    CHECK(plain->reasoning == "hm");
    CHECK_FALSE(plain->native);
    const auto mixed = decode(
        sse({created, done(0, open), done(1, thought), done(2, said("a")), ending("completed")})
    );
    CHECK(mixed->native->json == "[" + thought + "," + said("a") + "]");
    const std::string search = R"({"type":"web_search_call","id":"ws1","status":"completed"})";
    const auto searched =
        decode(sse({created, done(0, search), done(1, said("a")), ending("completed")}));
    CHECK(searched->native->json == "[" + search + "," + said("a") + "]");
}

TEST_CASE(
    "openai_responses lets final texts and arguments correct their pieces", "[openai_responses]"
) {
    const std::vector<std::vector<std::string>> streams{
        {text("hel"), event("output_text.done", 0, "text", "hello")},
        {text("help"), event("output_text.done", 0, "text", "hello")},
        {event("output_text.done", 0, "text", "hello")},
        {text("hello"), event("output_text.done", 0, "text", "")},
        {text("hel"), done(0, said("hello"))},
        {text("HEL"), event("output_text.done", 0, "text", "HELLO"), done(0, said("hello"))},
        {done(0, said("hello"))},
        {added(0, message_begun), done(0, said("hello")), done(0, said("hello"))},
        {added(0, message_begun), added(0, message_begun), text("hello")},
        {R"({"type":"response.output_text.delta","item_id":"m1","delta":"hel"})",
         R"({"type":"response.output_text.delta","delta":"lo"})"},
    };
    for (std::vector<std::string> events : streams) {
        CAPTURE(events);
        events.insert(events.begin(), created);
        for (const std::string& output :
             {std::string("\"output\":[]"), "\"output\":[" + said("hello") + "]"}) {
            events.push_back(ending("completed", output));
            CHECK(decode(sse(events))->text == "hello");
            events.pop_back();
        }
    }
    CHECK(
        decode(sse({created, ending("completed", "\"output\":[" + said("hello") + "]")}))->text ==
        "hello"
    );
    const auto two = decode(sse(
        {created,
         added(0, message_begun),
         text("a"),
         event("output_text.done", 0, "text", "ab"),
         text("c"),
         event("output_text.done", 0, "text", "cd"),
         ending("completed")}
    ));
    CHECK(two->text == "abcd");
}

TEST_CASE("openai_responses finds the call that a piece belongs to", "[openai_responses]") {
    const auto by_id = [](std::string_view kind,
                          std::string_view id,
                          std::string_view key,
                          std::string_view value) {
        return R"({"type":"response.)" + std::string(kind) + R"(","item_id":"fc_)" +
               std::string(id) + "\",\"" + std::string(key) + "\":\"" + std::string(value) + "\"}";
    };
    const auto item = [](std::string_view kind, const std::string& what) {
        return R"({"type":"response.output_item.)" + std::string(kind) + R"(","item":)" + what +
               "}";
    };
    const std::vector<std::vector<std::string>> streams{
        {added(0, call("a", "")),
         added(1, call("b", "")),
         event("function_call_arguments.delta", 1, "delta", "{}"),
         event("function_call_arguments.delta", 0, "delta", R"({\"x\")"),
         event("function_call_arguments.delta", 0, "delta", ":1}"),
         event("function_call_arguments.done", 1, "arguments", "{}"),
         event("function_call_arguments.done", 0, "arguments", R"({\"x\":1})")},
        {item("added", call("a", "")),
         item("added", call("b", "")),
         by_id("function_call_arguments.delta", "a", "delta", R"({\"x\")"),
         by_id("function_call_arguments.delta", "b", "delta", "{}"),
         by_id("function_call_arguments.delta", "a", "delta", ":1}"),
         item("done", call("b", "{}")),
         item("done", call("a", R"({\"x\":1})"))},
        {item("done", call("a", R"({\"x\":1})")), item("done", call("b", "{}"))},
        {added(0, call("a", "")),
         event("function_call_arguments.delta", 0, "delta", R"({\"y\")"),
         done(0, call("a", R"({\"x\":1})")),
         done(1, call("b", ""))},
    };
    for (std::vector<std::string> events : streams) {
        CAPTURE(events);
        events.insert(events.begin(), created);
        events.push_back(ending("completed"));
        const auto got = decode(sse(events), with_tool());
        REQUIRE(got);
        CHECK(
            got->tool_calls == std::vector<tool_call>{{"a", "f", R"({"x":1})"}, {"b", "f", "{}"}}
        );
    }
}

TEST_CASE("openai_responses tells how the model ended", "[openai_responses]") {
    CHECK(decode(told(ending("completed")))->stop == stop_reason::end_turn);
    const auto incomplete = [](std::string_view reason) {
        return told(ending(
            "incomplete", R"("incomplete_details":{"reason":")" + std::string(reason) + "\"}"
        ));
    };
    CHECK(code_of(decode(incomplete("max_output_tokens"))) == errc::answer_too_long);
    CHECK(code_of(decode(incomplete("content_filter"))) == errc::refused_by_model);
    CHECK(
        decode(incomplete("lunch")).error() ==
        riva::error{
            errc::server_failed, "the model did not complete the answer: lunch; try again later"
        }
    );
    CHECK(code_of(decode(told(ending("cancelled")))) == errc::server_failed);
    CHECK(code_of(decode(told(ending("failed")))) == errc::server_failed);
    chat_request request;
    request.max_output_tokens = 40;
    CHECK(code_of(decode(told(ending("completed")), request)) == errc::answer_too_long);
    const std::string refusal =
        R"({"type":"message","id":"m1","content":[{"type":"refusal","refusal":"I will not"}]})";
    const riva::error refused{errc::refused_by_model, "the model refused to answer: I will not"};
    CHECK(decode(sse({created, done(0, refusal), ending("completed")})).error() == refused);
    CHECK(
        decode(sse(
                   {created,
                    added(0, message_begun),
                    event("refusal.delta", 0, "delta", "I will"),
                    event("refusal.delta", 0, "delta", " not"),
                    event("refusal.done", 0, "refusal", "I will not"),
                    done(0, refusal),
                    ending("completed")}
               ))
            .error() == refused
    );
}

TEST_CASE("openai_responses reports the server's failure in every shape", "[openai_responses]") {
    struct report {
        std::string data;
        errc code;
    };
    const std::vector<report> reports{
        {R"({"type":"error","code":"server_error","message":"boom","param":null,"sequence_number":3})",
         errc::server_failed},
        {R"({"type":"error","code":"rate_limit_exceeded","message":"slow"})", errc::rate_limited},
        {R"({"type":"error","error":{"type":"invalid_request_error","code":"context_length_exceeded","message":"long"}})",
         errc::bad_request},
        {R"({"error":{"message":"no","code":"insufficient_quota"}})", errc::quota_exceeded},
        {R"({"error":"text"})", errc::server_failed},
    };
    for (const auto& [data, code] : reports) {
        CAPTURE(data);
        CHECK(code_of(decode(told(data))) == code);
        CHECK(code_of(decode("event: error\ndata: " + data + "\n\n")) == code);
        CHECK(code_of(decode_whole(data)) == code);
    }
    const auto failed = [](std::string_view code) {
        return R"({"type":"response.failed","response":{"id":"r1","status":"failed","error":{"code":")" +
               std::string(code) + R"(","message":"why"},)" + usage + "}}";
    };
    CHECK(code_of(decode(told(failed("server_error")))) == errc::server_failed);
    CHECK(code_of(decode(told(failed("rate_limit_exceeded")))) == errc::rate_limited);
    CHECK(code_of(decode(told(failed("invalid_prompt")))) == errc::bad_request);
    decoding spent(openai_responses_dialect());
    CHECK(
        spent.stream(told(failed("server_error"))).error().context ==
        "the model failed: why; try again later"
    );
    CHECK(spent.so_far().usage == token_usage{70, 40, 30, 9});
}

TEST_CASE(
    "openai_responses hands out nothing of a stream that is cut anywhere", "[openai_responses]"
) {
    const std::string end = ending("completed");
    const std::size_t whole = thoughtful.find(end) + end.size();
    for (std::size_t size = 0; size < whole; ++size) {
        decoding c(openai_responses_dialect(), with_tool());
        const auto got = c.stream(thoughtful.substr(0, size));
        if (code_of(got) != errc::truncated_answer || !c.so_far().tool_calls.empty()) FAIL(size);
    }
    CHECK(decode(thoughtful.substr(0, whole), with_tool()).value() == thoughtful_reply());
    CHECK(code_of(decode(told("[DONE]"))) == errc::truncated_answer);
}

TEST_CASE("openai_responses refuses what is not of its shape", "[openai_responses]") {
    for (const std::string& each :
         {std::string("1"),
          std::string("[]"),
          std::string("no json"),
          std::string(100'000, '['),
          std::string(R"({"type":"response.output_item.added"})"),
          std::string(R"({"type":"response.output_item.done","item":[]})"),
          event("function_call_arguments.delta", 9, "delta", "{}"),
          event("function_call_arguments.delta", 0, "delta", "{}"),
          ending("completed", "\"output\":[1,2]")}) {
        CAPTURE(each.substr(0, 200));
        CHECK(
            code_of(decode(
                sse({created, added(0, message_begun), text("a"), each, ending("completed")})
            )) == errc::malformed_answer
        );
    }
    CHECK(
        code_of(decode(sse({created, added(0, call("a", "")), ending("completed")}), with_tool())
        ) == errc::malformed_answer
    );
    for (const auto* body :
         {"",
          "{}",
          "[]",
          R"({"status":"completed"})",
          R"({"output":[]})",
          R"({"status":"completed","output":[]})"}) {
        CAPTURE(body);
        CHECK(code_of(decode_whole(body)) == errc::malformed_answer);
    }
    CHECK(code_of(decode_whole(R"({"status":"queued","output":[]})")) == errc::server_failed);
}

TEST_CASE("openai_responses bounds calls, arguments and items", "[openai_responses]") {
    std::vector<std::string> calls{created};
    for (int i = 0; i < 129; ++i) calls.push_back(added(i, call(std::to_string(i), "")));
    CHECK(code_of(decode(sse(calls), with_tool())) == errc::malformed_answer);
    const std::string flood =
        event("function_call_arguments.delta", 0, "delta", std::string(600'000, 'x'));
    CHECK(
        code_of(decode(sse({created, added(0, call("a", "")), flood, flood}), with_tool())) ==
        errc::http_limit
    );
    std::vector<std::string> items{created};
    for (int i = 0; i < 4097; ++i) items.push_back(added(i, R"({"type":"message"})"));
    CHECK(code_of(decode(sse(items))) == errc::http_limit);
}

TEST_CASE("openai_responses reads a recorded stream whatever its pieces", "[openai_responses]") {
    const auto stream = riva::test::recorded_stream("responses.sse");
    if (!stream) return;
    chat_request request;
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{7}, std::size_t{100}, stream->size()}) {
        decoding c(openai_responses_dialect());
        const auto got = c.stream(*stream, size);
        REQUIRE(got);
        CHECK(got->text == " agecould many");
        CHECK(got->usage == token_usage{17, 3, 16, 0});
        CHECK(got->model == "tiny");
        CHECK(got->stop == stop_reason::end_turn);
        request.max_output_tokens = 3;
        CHECK(
            code_of(decoding(openai_responses_dialect(), request).stream(*stream, size)) ==
            errc::answer_too_long
        );
    }
}

TEST_CASE(
    "openai_responses model asks over HTTP and reads a stream or a body", "[openai_responses]"
) {
    std::vector<std::string> asked;
    const std::string stream = told(ending("completed"));
    const std::string whole = R"({"id":"r1","model":"m","status":"completed","output":[)" +
                              said("whole") + "]," + usage + "}";
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
                "429 Too Many Requests",
                R"({"error":{"message":"no","code":"insufficient_quota"}})",
                "Content-Type: application/json\r\n"
            ));
    });
    const std::string spec =
        "openai-responses:m@http://127.0.0.1:" + std::to_string(server.port()) + "/v1";
    chat_request request;
    request.messages = {{role::user, "hi"}};
    const auto first = riva::test::complete(spec, request, "secret-key");
    REQUIRE(first);
    CHECK(first->text == "hello");
    CHECK(first->usage == token_usage{70, 40, 30, 9});
    request.stream = false;
    CHECK(riva::test::complete(spec, request, "")->text == "whole");
    CHECK(code_of(riva::test::complete(spec, request, "")) == errc::quota_exceeded);
    REQUIRE(asked.size() == 3);
    CHECK(asked[0].starts_with("POST /v1/responses HTTP/1.1\r\n"));
    CHECK(asked[0].find("\r\nAuthorization: Bearer secret-key\r\n") != std::string::npos);
}
