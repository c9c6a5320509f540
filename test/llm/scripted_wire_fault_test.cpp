#include "catch.hpp"
#include "heard.hpp"

#include <riva/runtime/error.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <ctime>

using namespace riva::test;
namespace json = boost::json;

namespace {

/// A server whose only answer has this fault.
served faulty(std::string_view fault, std::string_view reply = R"("text":"Zwölf Bäume.")") {
    return served(
        R"({"rules":[{"replies":[{)" + std::string(reply) + R"(,"fault":)" + std::string(fault) +
        "}]}]}"
    );
}

/// Everything that comes on one connection until it is closed.
std::string bytes_of(
    const served& server, std::string_view dialect = "openai", bool stream = true
) {
    raw_client client(server.port());
    std::string request = ask_in(dialect, "hi", stream);
    request.insert(request.find("\r\n") + 2, "Connection: close\r\n");
    client.send(request);
    return client.receive_all();
}

std::string bytes_with(std::string_view fault, bool stream = true) {
    const served server = faulty(fault);
    return bytes_of(server, "openai", stream);
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++n;
    return n;
}

/// The last event of a stream that ends in an error.
json::value last_event(std::string_view dialect, std::string_view fault) {
    const served server = faulty(fault);
    const auto r = fetch(server.port(), ask_in(dialect, "hi", true));
    CHECK(r.complete);
    if (dialect == "ollama") {
        const std::size_t line = r.body.rfind('\n', r.body.size() - 2) + 1;
        return json::parse(r.body.substr(line));
    }
    return json::parse(event_data(r.body).back());
}

}  // namespace

TEST_CASE("scripted server fails in a stream in the shape of each dialect", "[scripted][fault]") {
    const std::string usual = R"({"error_event":{"after":1}})";
    CHECK(last_event("openai", usual).at_pointer("/error/type") == "server_error");
    CHECK(last_event("openai-responses", usual).at("type") == "response.failed");
    CHECK(last_event("anthropic", usual).at_pointer("/error/type") == "overloaded_error");
    CHECK(last_event("gemini", usual).at_pointer("/error/status") == "UNAVAILABLE");
    CHECK(last_event("ollama", usual).at("error").is_string());
    const std::string own = R"({"error_event":{"after":99,"error":{"message":"mine","code":"c"}}})";
    CHECK(last_event("openai", own).at_pointer("/error/message") == "mine");
    CHECK(last_event("openai-responses", own).at("type") == "error");
    CHECK(last_event("openai-responses", own).at("message") == "mine");
    CHECK(last_event("anthropic", own).at_pointer("/error/code") == "c");
    CHECK(last_event("gemini", own).at_pointer("/error/message") == "mine");
    CHECK(last_event("ollama", own).at("error") == "mine");
}

TEST_CASE(
    "scripted server refuses with a status in the shape of each dialect", "[scripted][fault]"
) {
    const served server = faulty(R"({"status":529,"headers":{"x-should-retry":"true"}})");
    for (const std::string dialect : dialects) {
        CAPTURE(dialect);
        const auto r = fetch(server.port(), ask_in(dialect, "hi", true));
        CHECK(r.status == 529);
        CHECK(r.headers.at("x-should-retry") == "true");
        const auto error = json::parse(r.body).at("error");
        if (dialect == "anthropic") CHECK(error.at("type") == "overloaded_error");
        CHECK((error.is_object() || dialect == "ollama"));
    }
}

TEST_CASE("scripted server says when to come back in every way there is", "[scripted][fault]") {
    const auto retry_after = [](std::string_view value) {
        const served server =
            faulty(R"({"status":429,"headers":{"Retry-After":")" + std::string(value) + "\"}}");
        return fetch(server.port(), ask_in("openai", "hi", false)).headers.at("retry-after");
    };
    CHECK(retry_after("1.5") == "1.5");
    CHECK(retry_after("soon") == "soon");
    CHECK(retry_after("99999999999") == "99999999999");
    CHECK(retry_after("-1") == "-1");
    std::tm parsed{};
    const std::string date = retry_after("date+3600");
    REQUIRE(::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parsed) != nullptr);
    const auto ahead = static_cast<long>(::timegm(&parsed) - std::time(nullptr));
    CHECK(ahead > 3000);
    CHECK(ahead <= 3600);
    const served ms = faulty(R"({"status":429,"headers":{"retry-after-ms":"12"}})");
    CHECK(fetch(ms.port(), ask_in("openai", "hi", true)).headers.at("retry-after-ms") == "12");
}

TEST_CASE("scripted server redirects", "[scripted][fault]") {
    const served server =
        faulty(R"({"status":307,"headers":{"Location":"http://127.0.0.1:1/v1"}})");
    const auto r = fetch(server.port(), ask_in("openai", "hi", true));
    CHECK(r.status == 307);
    CHECK(r.headers.at("location") == "http://127.0.0.1:1/v1");
}

TEST_CASE("scripted server resets a connection before it answers", "[scripted][fault]") {
    const served server = faulty(R"({"cut":{"after":0,"in":"head","how":"reset"}})");
    raw_client client(server.port());
    client.send(ask_in("openai", "hi", true));
    CHECK(client.receive_all().empty());
    CHECK(client.was_reset());
}

TEST_CASE("scripted server ends in the middle of a chunk", "[scripted][fault]") {
    const std::string bytes = bytes_with(R"({"cut":{"after":10,"in":"chunk"}})");
    const std::string body = bytes.substr(bytes.find("\r\n\r\n") + 4);
    const std::size_t promised = std::stoul(body, nullptr, 16);
    CHECK(promised > 10);
    CHECK(body.size() - body.find("\r\n") - 2 == 10);
}

TEST_CASE("scripted server repeats tokens or heartbeats without end", "[scripted][fault]") {
    const auto repeated = [](std::string_view dialect, std::string_view fault, std::string_view part
                          ) {
        const served server = faulty(fault);
        raw_client client(server.port());
        client.send(ask_in(dialect, "hi", true));
        std::string bytes;
        while (count(bytes, part) < 100) {
            const std::string more = client.receive();
            REQUIRE_FALSE(more.empty());
            bytes += more;
        }
        return bytes;
    };
    const std::string tokens = R"({"endless":{"what":"tokens","after":1}})";
    CHECK_FALSE(has(repeated("openai", tokens, "\"content\""), "[DONE]"));
    CHECK_FALSE(has(repeated("anthropic", tokens, "text_delta"), "message_stop"));
    CHECK_FALSE(has(repeated("ollama", tokens, "\"done\":false"), "\"done\":true"));
    CHECK_FALSE(has(repeated("gemini", tokens, "\"text\""), "finishReason"));
    CHECK_FALSE(has(repeated("openai-responses", tokens, "text.delta"), "completed"));
    const std::string beats = R"({"endless":{"what":"heartbeats","after":2}})";
    CHECK(count(repeated("openai", beats, ": still working"), "data: ") == 2);
    CHECK(has(repeated("anthropic", beats, "event: ping"), "message_start"));
}

TEST_CASE("scripted server writes as slowly as it is told", "[scripted][fault]") {
    auto scripted = riva::llm::scripted_server::from_script(
        R"({"rules":[{"replies":[{"text":"a","fault":{"bytes_per_second":20}}]}]})",
        {"127.0.0.1", 0, 1, 1.0, {}}
    );
    const served server(std::move(*scripted));
    raw_client client(server.port());
    client.send(ask_in("openai", "hi", true));
    CHECK(client.receive() == "H");
    CHECK(client.receive() == "T");
}

TEST_CASE("scripted server begins with a byte order mark", "[scripted][fault]") {
    const served server = faulty(R"({"bom":true})");
    CHECK(fetch(server.port(), ask_in("anthropic", "hi", true))
              .body.starts_with("\xEF\xBB\xBF"
                                "event"));
    CHECK(fetch(server.port(), ask_in("gemini", "hi", false)).body.starts_with("\xEF\xBB\xBF{"));
}

TEST_CASE("scripted server contradicts itself about the length", "[scripted][fault]") {
    const std::string both = bytes_with(R"({"framing":"length_and_chunks"})", false);
    CHECK((has(both, "Content-Length: ") && has(both, "Transfer-Encoding: chunked")));
    CHECK(count(bytes_with(R"({"framing":"two_lengths"})"), "Content-Length: ") == 2);
    const std::string list = bytes_with(R"({"framing":"length_list"})", false);
    CHECK(has(list.substr(list.find("Content-Length: ")).substr(0, 24), ", "));
    const std::string more = bytes_with(R"({"framing":"short_length"})", false);
    const std::size_t length = std::stoul(more.substr(more.find("Content-Length: ") + 16));
    CHECK(more.size() - more.find("\r\n\r\n") - 4 > length);
    CHECK(has(bytes_with(R"({"framing":"folded_header"})"), "\r\nX-Folded: one\r\n two\r\n"));
}

TEST_CASE("scripted server sends more than anyone wants", "[scripted][fault]") {
    const auto large = [](std::string_view what, std::size_t amount) {
        return bytes_with(
            R"({"oversize":{"what":")" + std::string(what) + R"(","amount":)" +
            std::to_string(amount) + "}}"
        );
    };
    CHECK(has(large("header", 9000), "X-Padding: " + std::string(9000, 'x') + "\r\n"));
    CHECK(has(large("fields", 2000), "\r\nX-1999: x\r\n"));
    CHECK(has(large("line", 5000), "data: " + std::string(5000, ' ') + "{"));
    const std::string event = large("event", 5000);
    CHECK(has(event, std::string(1000, ' ') + "\ndata: "));
    CHECK_FALSE(has(event, std::string(1002, ' ')));
    CHECK(large("trailer", 5000).ends_with("0\r\nX-Trailer: " + std::string(5000, 'x') + "\r\n\r\n")
    );
    CHECK(has(large("chunk_extension", 5000), ";x=" + std::string(5000, 'x') + "\r\n"));
}

TEST_CASE("scripted server claims an encoding", "[scripted][fault]") {
    const served server = faulty(R"({"encoding":"gzip"})");
    const auto r = fetch(server.port(), ask_in("openai", "hi", true));
    CHECK(r.headers.at("content-encoding") == "gzip");
    CHECK(r.body.starts_with("data: "));
}

TEST_CASE("scripted server keeps the client waiting with interim responses", "[scripted][fault]") {
    const std::string bytes = bytes_with(R"({"interim":3})");
    CHECK(count(bytes, "HTTP/1.1 100 Continue\r\n\r\n") == 3);
    CHECK(has(bytes, "HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("scripted server sends exactly the bytes of the script", "[scripted][fault]") {
    CHECK(bytes_with(R"({"wire":"<html>old</html>"})") == "<html>old</html>");
    const served server(R"({"rules":[{"replies":[{"fault":{"wire":"\u0016\u0003\u0001"}}]}]})");
    CHECK(bytes_of(server) == "\x16\x03\x01");
}

TEST_CASE("scripted server spoils a payload in any dialect", "[scripted][fault]") {
    const auto kind = [](std::string_view what) {
        return R"({"payload":{"after":1,"what":")" + std::string(what) + "\"}}";
    };
    const auto parses = [](const std::string& text) {
        riva::error_code failed;
        json::parse(text, failed);
        return !failed;
    };
    for (const std::string dialect : {"openai", "openai-responses", "anthropic", "gemini"}) {
        CAPTURE(dialect);
        const auto second = [&](std::string_view what) {
            const served server = faulty(kind(what));
            const auto data = event_data(fetch(server.port(), ask_in(dialect, "hi", true)).body);
            return data.at(dialect == "openai-responses" ? 4 : dialect == "anthropic" ? 1 : 1);
        };
        if (dialect != "openai-responses") CHECK_FALSE(parses(second("not_json")));
        if (dialect == "openai") CHECK(json::parse(second("wrong_types")).at("choices") == "none");
        if (dialect == "gemini") CHECK(second("deep").size() == 200'000);
        if (dialect == "anthropic") CHECK(has(second("huge_number"), "1e999"));
    }
    const served server = faulty(kind("not_json"));
    CHECK_FALSE(parses(fetch(server.port(), ask_in("ollama", "hi", false)).body));
}

TEST_CASE("scripted server puts bytes into a text that are no UTF-8", "[scripted][fault]") {
    const served server = faulty(R"({"content":"bad_utf8"})");
    for (const std::string dialect : dialects)
        for (const bool stream : {false, true}) {
            CAPTURE(dialect, stream);
            CHECK(has(fetch(server.port(), ask_in(dialect, "hi", stream)).body, "\xFF"));
        }
}

TEST_CASE("scripted server leaves out or repeats what tells calls apart", "[scripted][fault]") {
    const std::string calls =
        R"("tool_calls":[{"id":"c1","name":"f","arguments":{"a":1}},{"id":"c2","name":"g"}])";
    const auto body = [&](std::string_view dialect, std::string_view fault) {
        const served server = faulty(R"({"calls":")" + std::string(fault) + "\"}", calls);
        return fetch(server.port(), ask_in(dialect, "hi", true)).body;
    };
    CHECK(has(body("openai", "none"), R"("tool_calls":[{"index":1,)"));
    CHECK_FALSE(has(body("openai", "no_index"), R"("tool_calls":[{"index")"));
    CHECK_FALSE(has(body("openai", "no_id"), "\"c1\""));
    CHECK_FALSE(has(body("openai", "same_index"), R"("tool_calls":[{"index":1,)"));
    CHECK(has(body("anthropic", "none"), R"("index":1)"));
    CHECK_FALSE(has(body("anthropic", "no_index"), R"("index")"));
    CHECK_FALSE(has(body("anthropic", "same_index"), R"("index":1)"));
    CHECK_FALSE(has(body("anthropic", "no_id"), "\"c1\""));
    CHECK_FALSE(has(body("openai-responses", "no_id"), "\"c1\""));
    CHECK_FALSE(has(body("openai-responses", "no_index"), "sequence_number"));
    CHECK_FALSE(has(body("gemini", "no_id"), "\"c1\""));
    const served truncated = faulty(R"({"calls":"truncated"})", calls);
    CHECK(hear(truncated, "openai", true).calls.at(0).second == R"({"a")");
    CHECK(hear(truncated, "openai", false).calls.at(0).second == R"({"a")");
}

TEST_CASE("scripted server leaves out the end of a stream in any dialect", "[scripted][fault]") {
    const served both = faulty(R"({"missing_end":"both"})");
    for (const std::string dialect : dialects) {
        CAPTURE(dialect);
        const heard h = hear(both, dialect, true);
        CHECK_FALSE(h.ended);
        CHECK(h.finish.empty());
        CHECK(h.text == "Zwölf Bäume.");
    }
}

TEST_CASE(
    "scripted server says the same with unusual line ends, comments and single bytes",
    "[scripted][fault]"
) {
    for (const std::string fault :
         {R"({"line_end":"crlf","comments":true})",
          R"({"one_byte_writes":true})",
          R"({"split_utf8":true})"}) {
        const served server = faulty(fault);
        for (const std::string dialect : dialects) {
            CAPTURE(dialect, fault);
            const heard h = hear(server, dialect, true);
            CHECK(h.ended);
            CHECK(h.text == "Zwölf Bäume.");
        }
    }
}

TEST_CASE(
    "scripted server fails by chance, and the same way for the same seed", "[scripted][fault]"
) {
    const auto statuses = [](std::uint64_t seed) {
        auto scripted = riva::llm::scripted_server::from_script(
            R"({"rules":[{"replies":[{"text":"a","fault":{"chance":0.5,"status":503}}]}]})",
            {"127.0.0.1", 0, seed, 0, {}}
        );
        const served server(std::move(*scripted));
        std::string all;
        for (int i = 0; i < 40; ++i)
            all += fetch(server.port(), ask_in("openai", "hi", true)).status == 503 ? 'x' : '.';
        return all;
    };
    const std::string first = statuses(1);
    CHECK(first == statuses(1));
    CHECK(first != statuses(2));
    CHECK((has(first, "x") && has(first, ".")));
}

TEST_CASE("scripted server waits in every dialect", "[scripted]") {
    for (const std::string dialect : dialects) {
        CAPTURE(dialect);
        auto scripted = riva::llm::scripted_server::from_script(
            R"({"rules":[{"replies":[{"text":"12345678","behaviour":
                {"ttft_ms":20,"tokens_per_second":50,"jitter":0.5,"seed":3}}]}]})",
            {"127.0.0.1", 0, 1, 1.0, {}}
        );
        const served server(std::move(*scripted));
        for (const bool stream : {false, true}) {
            const auto begun = std::chrono::steady_clock::now();
            CHECK(hear(server, dialect, stream).text == "12345678");
            const auto taken = std::chrono::steady_clock::now() - begun;
            CHECK(taken >= std::chrono::milliseconds(20));  // half of both waits at the least
        }
    }
}
