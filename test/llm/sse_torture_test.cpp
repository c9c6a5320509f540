// Odd event streams of Chat Completions, as servers and gateways send them, through the real
// client. The decoder's own rules are in sse_decoder_test.cpp.
#include "catch.hpp"
#include "decoding.hpp"
#include "error_text.hpp"
#include "one_attempt.hpp"
#include "run.hpp"
#include "wire_server.hpp"

#include <riva/llm/model_spec.hpp>
#include <riva/llm/provider.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace riva::llm;
using riva::test::code_of;
using riva::test::one_attempt;
using riva::test::wire;
using riva::test::wire_server;

namespace {

std::string chunk(std::string_view delta, std::string_view finish = "null") {
    return R"({"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":)" +
           std::string(delta) + R"(,"finish_reason":)" + std::string(finish) + "}]}";
}

std::string text(std::string_view content) {
    return chunk(R"({"content":")" + std::string(content) + "\"}");
}

std::string event(std::string_view data) {
    return "data: " + std::string(data) + "\n\n";
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

const std::string accent = "\xc3\xa9";
const std::string end = chunk("{}", R"("stop")");
const std::string done = event("[DONE]");
const std::string begun = event(text(accent));
const std::string finished = begun + event(text("B")) + event(end);
const std::string sane = finished + done;
const std::string boom = R"({"error":{"message":"boom","type":"server_error","code":500}})";
const std::string half_call = event(chunk(
    R"({"tool_calls":[{"index":0,"id":"x","type":"function","function":{"name":"f","arguments":"{\"a\":"}}]})"
));

/// A stream, and what the client must make of it: a text, or an error after a text.
struct torture_vector {
    std::string name;
    std::string body;
    std::string text = accent + "B";
    riva::error_code code = {};
    std::string words = {};  ///< of the error
    std::string type = "text/event-stream";
};

std::vector<torture_vector> readable() {
    const std::string filters =
        R"({"id":"","choices":[],"model":"","object":"","prompt_filter_results":[]})";
    const std::string no_delta =
        R"({"id":"","choices":[{"index":0,"finish_reason":null,"content_filter_results":{}}],"model":""})";
    const std::string cut_at_blank =
        "data: {\"id\":\"c\",\ndata: \"choices\":[{\"delta\":\ndata: {\"content\":\"" + accent +
        "\"}}]}\n\n";
    return {
        {"plain", sane},
        {"crlf", replaced(sane, "\n", "\r\n")},
        {"cr_only", replaced(sane, "\n", "\r")},
        {"bom", "\xef\xbb\xbf" + sane},
        {"comments", ": ping\n\n: OPENROUTER PROCESSING\n\n" + finished + ":\n\n" + done},
        {"no_space", replaced(sane, "data: ", "data:")},
        {"two_spaces_done", finished + "data:  [DONE]\n\n"},
        {"multi_line_data", cut_at_blank + event(text("B")) + event(end) + done},
        {"id_retry_fields", "id: 1\nretry: 10\n" + sane},
        {"unknown_field", "foo: bar\n" + sane},
        {"empty_data", "data: \n\n" + sane},
        {"no_done", finished},
        {"no_final_blank", finished + "data: [DONE]"},
        {"last_event_unterminated", begun + "data: " + end, accent},
        {"empty_choices_first", event(filters) + sane},
        {"no_delta", event(no_delta) + sane},
        {"after_done", sane + event(text("LATE"))},
        {"error after done", sane + event(boom)},
        {"nul_bytes", std::string(1, '\0') + sane, "B"},
        {"no type", sane, accent + "B", {}, {}, ""},
        {"type with parameters", sane, accent + "B", {}, {}, "Text/Event-Stream; charset=utf-8"},
    };
}

std::vector<torture_vector> broken() {
    const riva::error_code cut = errc::truncated_answer;
    const riva::error_code failed = errc::server_failed;
    const std::string split_string = "data: {\"id\":\"c\",\"obj\ndata: ect\":\"x\"}\n\n";
    const std::string odd = R"({"error_type":"context_length_exceeded","error_message":"boom"})";
    const std::string no_stream = R"({"error":{"message":"not a stream"}})";
    return {
        {"multi_line_data", split_string + sane, "", errc::malformed_answer, "not JSON"},
        {"error_data", begun + event(boom), accent, failed, "boom"},
        {"event_error", begun + "event: error\n" + event(boom), accent, failed, "boom"},
        {"error_string", event(R"({"error":"boom"})"), "", failed, "boom"},
        {"error_prefix", begun + "error: {\"code\":500}\n\n", accent, cut, "before the model"},
        {"error_type_shape", event(odd) + done, "", errc::bad_request, "boom"},
        {"eof_mid_json", begun + "data: {\"id\":\"c\",\"cho", accent, cut, "before the model"},
        {"eof before finish_reason", begun + done, accent, cut, "before the model"},
        {"eof in a tool call", begun + half_call, accent, cut, "before the model"},
        {"error in a tool call", begun + half_call + event(boom), accent, failed, "boom"},
        {"nothing", "", "", cut, "before the model"},
        {"html_200", "<html>gateway</html>", "", cut, "before the model"},
        {"html_200", "<html>gateway</html>", "", errc::unexpected_content, "base URL", "text/html"},
        {"json_body_200", no_stream, "", failed, "not a stream", "application/json"},
    };
}

constexpr int ways = 5;

/// Ways to cut: not at all, every byte, at odd places, after each end of a line, at random.
std::vector<std::string> pieces_of(const std::string& body, int way, std::mt19937& random) {
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < body.size(); at += pieces.back().size()) {
        std::size_t size = body.size();
        if (way == 1) size = 1;
        if (way == 2) size = 7;
        if (way == 3) size = std::min(body.find_first_of("\r\n", at), body.size() - 1) - at + 1;
        if (way == 4) size = 1 + random() % 40;
        pieces.push_back(body.substr(at, size));
    }
    return pieces;
}

std::string in_chunks(const std::string& type, const std::vector<std::string>& pieces) {
    std::string sent = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n";
    if (!type.empty()) sent += "Content-Type: " + type + "\r\n";
    sent += "\r\n";
    for (const std::string& each : pieces) {
        std::string size;
        for (std::size_t left = each.size(); left > 0; left /= 16)
            size.insert(size.begin(), "0123456789abcdef"[left % 16]);
        sent += size + "\r\n" + each + "\r\n";
    }
    return sent + "0\r\n\r\n";
}

struct observed {
    std::string text;
    int ends = 0;  ///< answer_finished and answer_failed
    bool calls_ended = false;
    riva::result<chat_reply> reply = chat_reply();
};

observed ask(std::uint16_t port) {
    observed seen;
    stream_observer observer;
    observer.on_event = [&](const stream_event& e) {
        if (const auto* piece = std::get_if<text_delta>(&e)) seen.text += piece->text;
        seen.calls_ended = seen.calls_ended || std::holds_alternative<tool_call_ended>(e);
        seen.ends +=
            std::holds_alternative<answer_finished>(e) || std::holds_alternative<answer_failed>(e);
    };
    riva::test::run([&]() -> riva::asio::awaitable<void> {
        provider_options options;
        options.governors = one_attempt();
        const auto spec =
            parse_model_spec("openai:m@http://127.0.0.1:" + std::to_string(port) + "/v1");
        auto model = make_model(spec.value(), options);
        REQUIRE(model);
        chat_request request;
        request.messages = {{role::user, "go"}};
        request.tools = {{"f", "does", R"({"type":"object"})"}};
        seen.reply = co_await (*model)->complete(
            request, observer, riva::deadline::in(std::chrono::seconds(60))
        );
    });
    return seen;
}

void check(const torture_vector& expected, const observed& seen) {
    CHECK(code_of(seen.reply) == expected.code);
    CHECK(seen.text == expected.text);
    CHECK(seen.ends == 1);
    CHECK_FALSE(seen.calls_ended);
    if (seen.reply) CHECK(seen.reply->text == expected.text);
    if (!seen.reply) CHECK_THAT(seen.reply.error().context, Catch::Contains(expected.words));
}

/// Sends each stream in each of five cuttings to a client of its own.
void torture(const std::vector<torture_vector>& vectors) {
    const auto seed = std::random_device{}();
    WARN("seed " << seed);
    std::mt19937 random(seed);
    std::vector<std::string> answers;
    for (const torture_vector& each : vectors)
        for (int way = 0; way < ways; ++way)
            answers.push_back(in_chunks(each.type, pieces_of(each.body, way, random)));
    wire_server server([&](wire& client, int nth) {
        if (!client.request().empty()) client.send(answers.at(static_cast<std::size_t>(nth) - 1));
    });
    for (const torture_vector& each : vectors) {
        for (int way = 0; way < ways; ++way) {
            CAPTURE(each.name, way);
            check(each, ask(server.port()));
        }
    }
}

}  // namespace

TEST_CASE("the client reads odd event streams that can be read", "[sse][torture]") {
    torture(readable());
}

TEST_CASE("the client names what is wrong with a broken event stream", "[sse][torture]") {
    torture(broken());
}
