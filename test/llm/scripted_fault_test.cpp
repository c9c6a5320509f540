#include "catch.hpp"
#include "served.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

using namespace riva::test;
namespace json = boost::json;

namespace {

/// A server whose only answer has this text and this fault.
served faulty(std::string_view text, std::string_view fault) {
    return served(
        R"({"rules":[{"replies":[{"text":")" + std::string(text) + R"(","fault":)" +
        std::string(fault) + "}]}]}"
    );
}

std::string content_with(std::string_view fault) {
    const served server = faulty(R"({\"a\":1})", fault);
    const auto whole = json::parse(fetch(server.port(), ask("hi", false)).body);
    const auto& content = whole.at_pointer("/choices/0/message/content");
    const auto streamed = streamed_text(fetch(server.port(), ask("hi", true)).body);
    if (content.is_null()) return streamed.empty() ? "null" : "different";
    return content.as_string() == streamed ? streamed : "different";
}

}  // namespace

TEST_CASE("scripted server answers with a status instead of an answer", "[scripted][fault]") {
    const auto answer = [](std::string_view fault) {
        const served server(R"({"rules":[{"replies":[{"fault":)" + std::string(fault) + "}]}]}");
        return fetch(server.port(), ask("hi", true));
    };
    const auto limited = answer(R"({"status":429,"headers":{"Retry-After":"2"}})");
    CHECK(limited.status == 429);
    CHECK(limited.headers.at("retry-after") == "2");
    CHECK(json::parse(limited.body).at_pointer("/error/code") == "rate_limit_exceeded");

    const auto html = answer(
        R"({"status":503,"headers":{"content-type":"text/html"},"body":"<h1>Unavailable</h1>"})"
    );
    CHECK(html.status == 503);
    CHECK(html.headers.at("content-type") == "text/html");
    CHECK(html.body == "<h1>Unavailable</h1>");

    const auto unauthorized = answer(R"({"status":401,"body":{"error":"no key"}})");
    CHECK(unauthorized.status == 401);
    CHECK(json::parse(unauthorized.body) == json::parse(R"({"error":"no key"})"));
    CHECK(
        json::parse(answer(R"({"status":500})").body).at_pointer("/error/type") == "server_error"
    );
}

TEST_CASE("scripted server ends a stream with an error event", "[scripted][fault]") {
    const served server =
        faulty("12345678", R"({"error_event":{"after":2,"error":{"message":"overloaded"}}})");
    const auto r = fetch(server.port(), ask("hi", true));
    const auto events = event_data(r.body);
    CHECK(r.complete);
    REQUIRE(events.size() == 3);
    CHECK(events.back() == R"({"error":{"message":"overloaded"}})");
    CHECK(fetch(server.port(), ask("hi", false)).body == events.back());
}

TEST_CASE(
    "scripted server sends the error event of a stream that is too short", "[scripted][fault]"
) {
    const served server = faulty("1234", R"({"error_event":{"after":99}})");
    const auto events = event_data(fetch(server.port(), ask("hi", true)).body);
    REQUIRE(events.size() == 4);
    CHECK(json::parse(events.back()).at_pointer("/error/type") == "server_error");
}

TEST_CASE("scripted server cuts the body after any number of bytes", "[scripted][fault]") {
    for (const bool stream : {false, true})
        for (const std::size_t n : {0, 1, 7, 100}) {
            const served server =
                faulty("a long answer", R"({"cut":{"after":)" + std::to_string(n) + "}}");
            const auto r = fetch(server.port(), ask("hi", stream));
            CHECK(r.status == 200);
            CHECK_FALSE(r.complete);
            CHECK(r.body.size() == n);
        }
}

TEST_CASE("scripted server cuts the head", "[scripted][fault]") {
    const served server = faulty("x", R"({"cut":{"after":20,"in":"head"}})");
    raw_client client(server.port());
    client.send(ask("hi", true));
    CHECK(client.receive_all() == std::string("HTTP/1.1 200 OK\r\nContent-Type").substr(0, 20));
    CHECK_FALSE(client.was_reset());
}

TEST_CASE("scripted server resets a connection", "[scripted][fault]") {
    const served server = faulty("x", R"({"cut":{"after":40,"how":"reset"}})");
    raw_client client(server.port());
    client.send(ask("hi", true));
    client.receive_all();
    CHECK(client.was_reset());
}

TEST_CASE("scripted server falls silent until the client goes", "[scripted][fault]") {
    const served server = faulty("x", R"({"stall":{"after":12}})");
    raw_client client(server.port());
    client.send(ask("hi", true));
    std::string received;
    while (received.find("data: {\"id\"") == received.npos) received += client.receive();
    CHECK(received.ends_with("c\r\ndata: {\"id\":\r\n"));
    CHECK(json::parse(get(server.port(), "/stats")).at("open_streams") == 1);
}

TEST_CASE("scripted server writes byte by byte", "[scripted][fault]") {
    const served server = faulty("Some text.", R"({"one_byte_writes":true})");
    CHECK(streamed_text(fetch(server.port(), ask("hi", true)).body) == "Some text.");
    CHECK(fetch(server.port(), ask("hi", false)).complete);
}

TEST_CASE("scripted server ends lines as it is told", "[scripted][fault]") {
    const served crlf = faulty("1234", R"({"line_end":"crlf"})");
    CHECK(fetch(crlf.port(), ask("hi", true)).body.ends_with("\r\n\r\ndata: [DONE]\r\n\r\n"));
    const served cr = faulty("1234", R"({"line_end":"cr"})");
    const auto body = fetch(cr.port(), ask("hi", true)).body;
    CHECK(body.ends_with("\r\rdata: [DONE]\r\r"));
    CHECK(body.find('\n') == body.npos);
}

TEST_CASE("scripted server puts comments between events", "[scripted][fault]") {
    const served server = faulty("1234", R"({"comments":true})");
    const auto body = fetch(server.port(), ask("hi", true)).body;
    CHECK(body.starts_with(": "));
    CHECK(streamed_text(body) == "1234");
}

TEST_CASE("scripted server splits characters between chunks", "[scripted][fault]") {
    const served server = faulty("für €5 😀", R"({"split_utf8":true})");
    const auto r = fetch(server.port(), ask("hi", true));
    std::size_t broken = 0;
    for (const auto& chunk : r.chunks)
        broken += (static_cast<unsigned char>(chunk.front()) & 0xC0) == 0x80;
    CHECK(broken == 3);
    CHECK(streamed_text(r.body) == "für €5 😀");
}

TEST_CASE("scripted server leaves out the end of a stream", "[scripted][fault]") {
    const auto body = [](std::string_view fault) {
        const served server = faulty("1234", fault);
        return fetch(server.port(), ask("hi", true)).body;
    };
    const auto has = [](const std::string& text, std::string_view part) {
        return text.find(part) != text.npos;
    };
    const auto done = body(R"({"missing_end":"done"})");
    CHECK((!has(done, "[DONE]") && has(done, "\"stop\"")));
    const auto finish = body(R"({"missing_end":"finish"})");
    CHECK((has(finish, "[DONE]") && !has(finish, "\"stop\"")));
    const auto both = body(R"({"missing_end":"both"})");
    CHECK((!has(both, "[DONE]") && !has(both, "\"stop\"")));
}

TEST_CASE("scripted server spoils the content", "[scripted][fault]") {
    CHECK(content_with("{}") == R"({"a":1})");
    CHECK(content_with(R"({"content":"null"})") == "null");
    CHECK(content_with(R"({"content":"empty"})").empty());
    CHECK(content_with(R"({"content":"fenced"})") == "```json\n{\"a\":1}\n```");
    CHECK(content_with(R"({"content":"not_json"})").starts_with("Certainly!"));
}
