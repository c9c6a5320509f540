#include "catch.hpp"
#include "dialect/dialect.hpp"
#include "error_text.hpp"
#include "server_error.hpp"
#include "sse_decoder.hpp"
#include "temporary_folder.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

using namespace riva::llm;

namespace {

std::string chunk(std::string_view delta, std::string_view finish = "null") {
    return R"({"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":)" +
           std::string(delta) + R"(,"finish_reason":)" + std::string(finish) + "}]}";
}

const std::string hello = chunk(R"({"role":"assistant","content":"hello"})");
const std::string end = chunk("{}", "\"stop\"");

const answerer from{"the model", "KEY"};

/// One answer of the dialect, and what it is made of.
struct conversation {
    chat_request request;
    stream_observer observer;
    answer got{from, request, observer};
    std::unique_ptr<answer_decoder> decoder = openai_chat_dialect().make_decoder(got, request, "p");
};

/// The reply to a stream of events, the last of which may be unfinished.
riva::result<chat_reply> decode(const std::vector<std::string>& events, bool unfinished = false) {
    conversation c;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const bool cut = unfinished && i + 1 == events.size();
        const auto taken =
            cut ? take_unfinished(*c.decoder, "", events[i]) : c.decoder->take_event("", events[i]);
        if (!taken) return taken.error();
    }
    return c.got.finish();
}

riva::result<chat_reply> decode_whole(std::string_view body) {
    conversation c;
    if (const auto taken = c.decoder->take_whole(body); !taken) return taken.error();
    return c.got.finish();
}

riva::error_code code_of(const riva::result<chat_reply>& reply) {
    return reply ? riva::error_code() : reply.error().code;
}

chat_reply reply(std::string text) {
    chat_reply made;
    made.text = std::move(text);
    made.model = "m";
    made.id = "c1";
    return made;
}

std::filesystem::path shared() {
    const char* named = std::getenv("RIVA_SHARED");
    return named ? std::filesystem::path(named)
                 : std::filesystem::path(RIVA_SOURCE_DIR) / "../shared";
}

}  // namespace

TEST_CASE("openai_chat puts a streamed answer together", "[openai]") {
    const std::string usage =
        R"({"id":"c1","model":"m","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":9,)"
        R"("prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":4}}})";
    chat_reply expected = reply("hello \xc3\xa9\n");
    expected.reasoning = "hm so";
    expected.usage = {7, 9, 3, 4};
    expected.usage_known = true;
    const std::vector<std::string> events{
        R"({"id":"","choices":[],"model":"","prompt_filter_results":[]})",
        chunk(R"({"role":"assistant","content":null,"refusal":null,"tool_calls":null})"),
        chunk(R"({"reasoning_content":"hm","reasoning":"hm"})"),
        chunk(R"({"reasoning":" so"})"),
        R"({"id":"c1","model":"m","choices":[{"index":0,"finish_reason":null}]})",
        hello,
        chunk(R"({"content":" \u00e9\n"})"),
        chunk(R"({"content":"","tool_calls":[]})", "\"\""),
        end,
        usage,
        " [DONE]",
        chunk(R"({"content":"LATE"})"),
        "garbage after the end",
    };
    CHECK(decode(events).value() == expected);
}

TEST_CASE("openai_chat reads chunks that differ in nothing but what the model adds", "[openai]") {
    const auto said = [](std::string_view text) {
        return chunk(R"({"content":)" + std::string(text) + '}');
    };
    const std::vector<std::string> texts{
        R"("a")", R"("b \"c\" \u00e9")", R"("")", "\"\xc3\xa9\"", R"("\\")", R"("a")", R"("d")"
    };
    std::vector<std::string> events;
    for (const std::string& each : texts) events.push_back(said(each));
    events.push_back(chunk(R"({"reasoning":"e"})"));
    events.push_back(chunk(R"({"reasoning":"f"})"));
    events.push_back(chunk(R"({"content":"g"})"));
    events.push_back(end);
    chat_reply expected = reply("ab \"c\" \xc3\xa9\xc3\xa9\\adg");
    expected.reasoning = "ef";
    CHECK(decode(events).value() == expected);

    // A chunk that adds nothing makes the next one be read as if it were the first.
    const std::string nothing = chunk("{}");
    for (const std::string odd :
         {R"("b" )",
          R"("b","x":"c")",
          "null",
          R"("b","content":"c")",
          R"("\x")",
          R"("b)",
          "1",
          "\"\xff\"",
          R"("b""c")",
          "\"\n\"",
          R"("b"},"delta":{"content":"c")"}) {
        CAPTURE(odd);
        const auto after = decode({said(R"("a")"), said(odd), said(R"("z")"), end});
        const auto first =
            decode({said(R"("a")"), nothing, said(odd), nothing, said(R"("z")"), end});
        CHECK((after == first));
    }
}

TEST_CASE("openai_chat reports what it reads as events and ends once", "[openai]") {
    std::string seen;
    conversation c;
    c.observer.on_event = [&](const stream_event& event) {
        if (std::holds_alternative<answer_started>(event)) seen += "started ";
        if (const auto* text = std::get_if<text_delta>(&event)) seen += text->text;
        if (std::holds_alternative<answer_finished>(event)) seen += " finished";
    };
    REQUIRE(c.decoder->take_event("", hello));
    REQUIRE(c.decoder->take_event("", chunk(R"({"content":" world"})")));
    CHECK_FALSE(c.got.stopped());
    REQUIRE(c.decoder->take_event("", end));
    CHECK(c.got.stopped());
    CHECK_FALSE(c.decoder->ended());
    REQUIRE(c.decoder->take_event("", "[DONE]"));
    CHECK(c.decoder->ended());
    REQUIRE(c.got.finish());
    CHECK(seen == "started hello world finished");
}

TEST_CASE("openai_chat puts tool calls together however servers number them", "[openai]") {
    const auto part = [](std::string_view calls) {
        return chunk(R"({"tool_calls":[)" + std::string(calls) + "]}");
    };
    const std::vector<std::vector<std::string>> streams{
        {part(R"({"index":0,"id":"a","function":{"name":"f","arguments":""}})"),
         part(R"({"index":0,"function":{"arguments":"{\"x\""}})"),
         part(R"({"index":1,"id":"b","function":{"name":"f","arguments":"{}"}})"),
         part(R"({"index":0,"function":{"arguments":":1}"}})")},
        {part(R"({"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}})"),
         part(R"({"id":"b","function":{"name":"f","arguments":""}})")},
        {part(R"({"index":0,"id":"a","function":{"name":"f","arguments":{"x":1}}})"),
         part(R"({"index":0,"id":"b","function":{"name":"f"}})")},
        {part(R"({"id":"a","function":{"name":"f","arguments":"{\"x\""}})"),
         part(R"({"function":{"arguments":":1}"}})"),
         part(R"({"id":"b","function":{"name":"f","arguments":"{}"}})")},
    };
    for (const auto& stream : streams) {
        CAPTURE(stream);
        conversation c;
        c.request.tools = {{"f", "", "{}"}};
        for (const std::string& event : stream) REQUIRE(c.decoder->take_event("", event));
        REQUIRE(c.decoder->take_event("", end));
        const chat_reply got = c.got.finish().value();
        CHECK(got.stop == stop_reason::tool_calls);
        CHECK(got.tool_calls == std::vector<tool_call>{{"a", "f", R"({"x":1})"}, {"b", "f", "{}"}});
    }
}

TEST_CASE("openai_chat hands out no tool call of an answer that is cut or malformed", "[openai]") {
    const std::string begun = chunk(
        R"({"tool_calls":[{"index":0,"id":"x","function":{"name":"f","arguments":"{\"a\""}}]})"
    );
    for (const bool ends : {false, true}) {
        conversation c;
        c.request.tools = {{"f", "", "{}"}};
        REQUIRE(c.decoder->take_event("", begun));
        if (ends) REQUIRE(c.decoder->take_event("", end));
        const auto got = c.got.finish();
        CHECK(code_of(got) == (ends ? errc::malformed_answer : errc::truncated_answer));
        CHECK(c.got.so_far().tool_calls.empty());
    }
}

TEST_CASE("openai_chat needs the model's end, not the stream's", "[openai]") {
    CHECK(decode({hello, end}).value() == reply("hello"));
    CHECK(decode({hello, end, "[DONE]"}, true).value() == reply("hello"));
    CHECK(decode({hello, end}, true).value() == reply("hello"));
    CHECK(decode({hello, end, hello.substr(0, 120)}, true).value() == reply("hello"));
    for (const auto& cut : std::vector<std::vector<std::string>>{
             {}, {hello}, {hello, "[DONE]"}, {hello, R"({"id":"c","cho)"}
         })
        CHECK(code_of(decode(cut, true)) == errc::truncated_answer);
    CHECK(code_of(decode({hello, R"({"id":"c","cho)"})) == errc::malformed_answer);
}

TEST_CASE("openai_chat tells how the model ended", "[openai]") {
    CHECK(code_of(decode({hello, chunk("{}", "\"length\"")})) == errc::answer_too_long);
    CHECK(code_of(decode({hello, chunk("{}", "\"content_filter\"")})) == errc::refused_by_model);
    CHECK(code_of(decode({hello, chunk("{}", "\"error\"")})) == errc::server_failed);
    CHECK(decode({hello, chunk("{}", "\"eos\"")}).value().stop == stop_reason::other);
    CHECK(decode({hello, chunk("{}", "\"tool_calls\"")}).value().stop == stop_reason::end_turn);
    const auto refusal = decode({chunk(R"({"refusal":"I will\nnot"})"), end});
    CHECK(
        refusal.error() ==
        riva::error{errc::refused_by_model, "the model refused to answer: I will\\nnot"}
    );
    const auto tool = decode(
        {chunk(R"({"tool_calls":[{"index":0,"id":"x","function":{"name":"f","arguments":"{"}}]})"),
         chunk("{}", "\"tool_calls\"")}
    );
    CHECK(
        tool.error() ==
        riva::error{errc::malformed_answer, "the model called the tool 'f', which it was not given"}
    );
}

TEST_CASE("openai_chat refuses chunks of the wrong shape", "[openai]") {
    const std::vector<std::string> refused{
        "1",
        "null",
        "[]",
        "\"text\"",
        "{} {}",
        R"({"choices":{}})",
        R"({"choices":"x"})",
        R"({"choices":[{"index":0},{"index":0}]})",
        R"({"choices":[{"index":2147483648}]})",
        R"({"choices":[{"index":-1}]})",
        R"({"choices":[[]]})",
        R"({"choices":[{"index":0,"delta":"x"}]})",
        R"({"choices":[{"index":0,"delta":[]}]})",
        R"({"choices":[{"index":0,"finish_reason":1}]})",
        chunk(R"({"content":1})"),
        chunk(R"({"content":["a"]})"),
        chunk(R"({"content":{"a":1}})"),
        chunk(R"({"content":true})"),
        chunk(R"({"content":"a","content":"b"})"),
        chunk("{\"content\":\"\xff\"}"),
        std::string(100'000, '['),
        "{\"a\":" + std::string(100'000, '['),
    };
    for (const std::string& each : refused) {
        CAPTURE(each.substr(0, 200));
        CHECK(code_of(decode({hello, each, end})) == errc::malformed_answer);
    }
    for (const std::string& each :
         {std::string("{}"),
          std::string(R"({"choices":null,"usage":null,"error":null})"),
          std::string(R"({"choices":[],"usage":{"prompt_tokens":-5,"completion_tokens":1e300}})"),
          std::string(R"({"x":{"choices":1,"error":"no"},"timings":{"a":[[{}]]}})")}) {
        CAPTURE(each);
        CHECK(decode({hello, each, end}).value().text == "hello");
    }
}

TEST_CASE("openai_chat refuses an answer without text", "[openai]") {
    for (const std::string& delta :
         {std::string("{}"),
          std::string(R"({"content":null})"),
          std::string(R"({"content":""})"),
          std::string(R"({"content":" \n"})")}) {
        CAPTURE(delta);
        CHECK(code_of(decode({chunk(delta), end})) == errc::malformed_answer);
    }
    CHECK(
        code_of(decode_whole(
            R"({"choices":[{"index":0,"message":{"content":null},"finish_reason":"stop"}]})"
        )) == errc::malformed_answer
    );
}

TEST_CASE("openai_chat recognises an error in every shape that servers send it in", "[openai]") {
    struct report {
        std::string data;
        errc code;
        std::string context;
    };
    const std::vector<report> reports{
        {R"({"error":{"message":"boom","type":"server_error","code":500}})",
         errc::server_failed,
         "the model failed: boom; try again later"},
        {R"({"error":{"message":"boom","code":null}})",
         errc::server_failed,
         "the model failed: boom; try again later"},
        {R"({"error":"boom"})", errc::server_failed, "the model failed: boom; try again later"},
        {R"({"error":{}})", errc::server_failed, "the model failed; try again later"},
        {R"({"error_type":"context_length_exceeded","error_message":"too long"})",
         errc::bad_request,
         "the model refused the request: too long"},
        {R"({"object":"error","message":"bad","type":"x","code":400})",
         errc::bad_request,
         "the model refused the request: bad"},
        {R"({"error":{"message":"no","code":"insufficient_quota"}})",
         errc::quota_exceeded,
         "the model refused: the quota is used up: no; add credit or use another account"},
        {R"({"error":{"message":"slow","type":"rate_limit_error"}})",
         errc::rate_limited,
         "the model asks to slow down: slow; try again later"},
        {R"({"error":{"message":"who","code":"invalid_api_key"}})",
         errc::unauthorized,
         "the model refused the key: who; check the key in KEY"},
    };
    for (const auto& [data, code, context] : reports) {
        CAPTURE(data);
        CHECK(decode({hello, data, end}).error() == riva::error{code, context});
        CHECK(decode_whole(data).error() == riva::error{code, context});
        CHECK(decode({hello, data}, true).error() == riva::error{code, context});
    }
    conversation c;
    CHECK(
        c.decoder->take_event("error", R"({"message":"boom"})").error() ==
        riva::error{errc::server_failed, "the model failed: boom; try again later"}
    );
    CHECK(c.decoder->take_event("error", "out of memory").error().code == errc::server_failed);
}

TEST_CASE("openai_chat reads a whole answer", "[openai]") {
    chat_reply expected = reply("{\"a\":1}");
    expected.usage = {5, 6, 0, 0};
    expected.usage_known = true;
    CHECK(
        decode_whole(
            R"( {"id":"c1","object":"chat.completion","model":"m","choices":[{"index":0,"message":)"
            R"({"role":"assistant","content":"{\"a\":1}","refusal":null,"annotations":[]},"logprobs":null,)"
            R"("finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":6,"total_tokens":11}})"
            "\n"
        )
            .value() == expected
    );
    CHECK(code_of(decode_whole("")) == errc::malformed_answer);
    CHECK(code_of(decode_whole("{}")) == errc::malformed_answer);
    CHECK(code_of(decode_whole(R"({"choices":[]})")) == errc::malformed_answer);
    CHECK(
        code_of(decode_whole(R"({"choices":[{"message":{"content":"a"}}]})")) ==
        errc::malformed_answer
    );
    CHECK(code_of(decode_whole("{\"a\":" + std::string(100'000, '['))) == errc::malformed_answer);
}

TEST_CASE("openai_chat reads a recorded stream whatever its pieces", "[openai]") {
    const auto file = shared() / "data/sse/chat-tool.sse";
    if (!std::filesystem::exists(file)) {
        WARN("skipped: " << file << " is not there");
        return;
    }
    const std::string stream = riva::test::read_file(file);
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{7}, std::size_t{1000}, stream.size()}) {
        sse_decoder events;
        conversation c;
        c.request.tools = {{"verdict", "", "{}"}};
        for (std::size_t at = 0; at < stream.size(); at += piece) {
            events.feed(std::string_view(stream).substr(at, piece));
            for (;;) {
                const auto event = events.next();
                REQUIRE(event);
                if (!*event) break;
                REQUIRE(c.decoder->take_event((*event)->type, (*event)->data));
            }
        }
        CHECK(c.decoder->ended());
        const chat_reply got = c.got.finish().value();
        CHECK(got.text.starts_with("you verdiccould many~orwere vetest fav path"));
        CHECK(got.stop == stop_reason::tool_calls);
        CHECK(got.usage == token_usage{346, 120, 345, 0});
        CHECK(got.model == "tiny");
    }
}
