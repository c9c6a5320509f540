#include "catch.hpp"
#include "run.hpp"
#include "served.hpp"

#include <riva/llm/error.hpp>
#include <riva/runtime/task_group.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <memory>
#include <thread>

using namespace riva::test;
namespace json = boost::json;
using riva::llm::scripted_server;

namespace {

constexpr std::string_view hello = R"({"rules":[{"replies":[{"text":"Hello, world."}]}]})";

std::int64_t stat(std::uint16_t port, const char* name) {
    return json::parse(get(port, "/stats")).at(name).to_number<std::int64_t>();
}

/// Asks for the counter until it has the value; a server that never gets there fails the test.
bool reaches(std::uint16_t port, const char* name, std::int64_t value) {
    for (int i = 0; i < 1000; ++i) {
        if (stat(port, name) == value) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

}  // namespace

TEST_CASE("scripted server answers whole with usage counted by four bytes a token", "[scripted]") {
    const served server(hello);
    const auto r = fetch(server.port(), ask("12345", false));
    const auto body = json::parse(r.body);
    CHECK(r.status == 200);
    CHECK(r.complete);
    CHECK(r.headers.at("content-type") == "application/json");
    CHECK(body.at("model") == "test-small");
    CHECK(body.at("choices") == json::parse(R"([{"index": 0, "logprobs": null,
        "message": {"role": "assistant", "content": "Hello, world.", "refusal": null},
        "finish_reason": "stop"}])"));
    CHECK(body.at("usage") == json::parse(R"({"prompt_tokens": 2, "completion_tokens": 4,
        "total_tokens": 6, "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0}})"));
}

TEST_CASE("scripted server streams an answer in chunks of one token", "[scripted]") {
    const served server(hello);
    const auto r =
        fetch(server.port(), ask("hi", true, R"(,"stream_options":{"include_usage":true})"));
    const auto events = event_data(r.body);
    CHECK(r.complete);
    CHECK(r.headers.at("content-type") == "text/event-stream; charset=utf-8");
    CHECK(streamed_text(r.body) == "Hello, world.");
    REQUIRE(events.size() == 8);
    CHECK(r.chunks.size() == events.size());
    CHECK(json::parse(events[0]).at("choices").as_array()[0].at("delta").at("role") == "assistant");
    CHECK(json::parse(events[5]).at("choices").as_array()[0].at("finish_reason") == "stop");
    CHECK(json::parse(events[6]).at("choices").as_array().empty());
    CHECK(json::parse(events[6]).at("usage").at("completion_tokens") == 4);
    CHECK(events[7] == "[DONE]");
}

TEST_CASE("scripted server keeps a connection for the next request", "[scripted]") {
    const served server(hello);
    raw_client client(server.port());
    for (int i = 0; i < 3; ++i) {
        client.send(ask("hi", i % 2 == 0));
        const auto r = client.response();
        CHECK(r.complete);
        CHECK(r.headers.at("connection") == "keep-alive");
    }
    CHECK(stat(server.port(), "requests") == 3);
    CHECK(stat(server.port(), "connections") == 3);  // this one, and those of the questions
}

TEST_CASE("scripted server answers requests that arrive together in their order", "[scripted]") {
    const served server(R"({"rules":[{"replies":[{"text":"first"},{"text":"second"}]}]})");
    raw_client client(server.port());
    client.send(ask("hi", false) + ask("hi", true));
    CHECK(json::parse(client.response().body).at_pointer("/choices/0/message/content") == "first");
    CHECK(streamed_text(client.response().body) == "second");
}

TEST_CASE("scripted server closes after an answer when the client asks for it", "[scripted]") {
    const served server(hello);
    raw_client client(server.port());
    client.send("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string all = client.receive_all();
    CHECK(all.find("Connection: close\r\n") != std::string::npos);
    CHECK(all.ends_with(R"({"status":"ok"})"));
}

TEST_CASE("scripted server sends a stream without chunks to an old client", "[scripted]") {
    const served server(hello);
    raw_client client(server.port());
    std::string request = ask("hi", true);
    request.replace(request.find("HTTP/1.1"), 8, "HTTP/1.0");
    client.send(request);
    const std::string all = client.receive_all();
    CHECK(all.find("chunked") == std::string::npos);
    CHECK(all.ends_with("data: [DONE]\n\n"));
}

TEST_CASE("scripted server refuses what is no request to a model", "[scripted]") {
    const served server(hello);
    const auto refused = [&](std::string_view request) {
        const auto r = fetch(server.port(), request);
        CHECK(json::parse(r.body).at("error").at("message").as_string().size() > 10);
        return r.status;
    };
    CHECK(refused("GET /v1/chat/completions HTTP/1.1\r\nHost: x\r\n\r\n") == 405);
    CHECK(refused("POST /stats HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n") == 405);
    CHECK(refused("GET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n") == 404);
    CHECK(refused(post("{}", "/v2/chat/completions")) == 404);
    CHECK(refused(post("{")) == 400);
    CHECK(refused(post("[]")) == 400);
    CHECK(refused("nonsense\r\n\r\n") == 400);
    CHECK(
        refused("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
                "Content-Length: 2\r\n\r\n{}") == 415
    );
    CHECK(
        refused("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"
                "Content-Length: 99999999999\r\n\r\n") == 413
    );
    CHECK(refused("GET / HTTP/1.1\r\nA: " + std::string(70'000, 'a') + "\r\n\r\n") == 431);
}

TEST_CASE("scripted server names the methods that a path allows", "[scripted]") {
    const served server(hello);
    const auto r = fetch(server.port(), "PUT /health HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
    CHECK(r.headers.at("allow") == "GET, HEAD");
    const auto s = fetch(server.port(), "GET /chat/completions HTTP/1.1\r\n\r\n");
    CHECK(s.headers.at("allow") == "POST");
}

TEST_CASE("scripted server answers HEAD without a body", "[scripted]") {
    const served server(hello);
    raw_client client(server.port());
    client.send("HEAD /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    CHECK(client.receive_all().ends_with("\r\n\r\n"));
}

TEST_CASE("scripted server asks for the body that a client holds back", "[scripted]") {
    const served server(hello);
    raw_client client(server.port());
    const std::string request = ask("hi", false);
    const std::size_t body = request.find("\r\n\r\n") + 4;
    client.send(request.substr(0, body - 2) + "Expect: 100-continue\r\n\r\n");
    CHECK(client.receive() == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send(request.substr(body));
    CHECK(client.response().status == 200);
}

TEST_CASE("scripted server counts and lists the requests", "[scripted]") {
    const served server(
        R"({"rules":[{"match":{"model":"test-*"},"replies":[{"text":"12345678"}]}]})"
    );
    const std::string schema = R"(,"response_format":{"type":"json_schema","json_schema":
        {"name":"riva_action","schema":{"type":"object"}}})";
    fetch(server.port(), ask("hi", true));
    fetch(server.port(), ask("hello", false, schema));
    fetch(server.port(), post("not JSON"));
    const auto stats = json::parse(get(server.port(), "/stats"));
    CHECK(stats.at("requests") == 3);
    CHECK(stats.at("errors") == 1);
    CHECK(stats.at("prompt_tokens") == 3);
    CHECK(stats.at("completion_tokens") == 4);
    CHECK(stats.at("by_model") == json::parse(R"({"test-small": 2, "": 1})"));
    CHECK(stats.at("by_purpose") == json::parse(R"({"riva_action": 1, "": 2})"));

    const auto journal = json::parse(get(server.port(), "/journal"));
    REQUIRE(journal.as_array().size() == 3);
    const auto& second = journal.as_array()[1];
    CHECK(second.at("purpose") == "riva_action");
    CHECK(second.at("model") == "test-small");
    CHECK(second.at("status") == 200);
    CHECK(second.at_pointer("/body/messages/0/content") == "hello");
    CHECK(
        second.at("time").as_string().size() == std::string_view("2026-11-23T10:00:00.000Z").size()
    );
    CHECK(journal.as_array()[2].at("body") == "not JSON");
    CHECK(journal.as_array()[2].at("status") == 400);
}

TEST_CASE("scripted server lists the models that its rules name", "[scripted]") {
    const served server(R"({"rules":[{"match":{"model":"b"},"replies":[{"text":""}]},
        {"match":{"model":"a"},"replies":[{"text":""}]},
        {"match":{"model":"c*"},"replies":[{"text":""}]}]})");
    const auto models = json::parse(get(server.port(), "/v1/models")).at("data").as_array();
    REQUIRE(models.size() == 2);
    CHECK(models[0].at("id") == "a");
    CHECK(models[1].at("id") == "b");
}

TEST_CASE("scripted server serves 200 streams at once", "[scripted]") {
    const std::string text(400, 'x');
    auto server = scripted_server::from_script(
        R"({"rules":[{"replies":[{"text":")" + text +
            R"("}],"behaviour":{"ttft_ms":200,"tokens_per_second":1000,"jitter":0.5}}]})",
        {}
    );
    const served running(std::move(server.value()));
    std::vector<std::unique_ptr<raw_client>> clients;
    for (int i = 0; i < 200; ++i) {
        clients.push_back(std::make_unique<raw_client>(running.port()));
        clients.back()->send(ask("hi", true));
    }
    std::size_t whole = 0;
    for (auto& client : clients) {
        const auto r = client->response();
        whole += r.complete && streamed_text(r.body) == text;
    }
    CHECK(whole == clients.size());
    CHECK(stat(running.port(), "open_streams") == 0);
}

TEST_CASE("scripted server notices clients that go away", "[scripted]") {
    const served server(R"({"rules":[
        {"match":{"contains":"stall"},"replies":[{"text":"x","fault":{"stall":{"after":5}}}]}]})");
    std::vector<std::unique_ptr<raw_client>> clients;
    for (int i = 0; i < 50; ++i) {
        clients.push_back(std::make_unique<raw_client>(server.port()));
        clients.back()->send(ask("stall", true));
    }
    CHECK(reaches(server.port(), "open_streams", 50));
    clients.clear();
    CHECK(reaches(server.port(), "open_streams", 0));
    CHECK(reaches(server.port(), "open_connections", 1));
}

TEST_CASE("scripted server notices a client that goes while an answer is slow", "[scripted]") {
    auto server = scripted_server::from_script(
        R"({"rules":[{"replies":[{"text":"x"}],"behaviour":{"ttft_ms":3600000}}]})", {}
    );
    const served running(std::move(server.value()));
    {
        raw_client client(running.port());
        client.send(ask("hi", true));
        CHECK(reaches(running.port(), "open_streams", 1));
    }
    CHECK(reaches(running.port(), "open_streams", 0));
}

namespace {

riva::asio::awaitable<void> stream_twice(std::uint16_t port, riva::task_group& group) {
    namespace asio = riva::asio;
    asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
    const asio::ip::tcp::endpoint server(asio::ip::address_v4::loopback(), port);
    co_await socket.async_connect(server, asio::use_awaitable);
    for (int i = 0; i < 2; ++i) {
        const std::string request = ask("hi", true);
        co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
        std::string received;
        while (!received.ends_with("0\r\n\r\n")) {
            char bytes[256];
            const auto n =
                co_await socket.async_read_some(asio::buffer(bytes), asio::use_awaitable);
            received.append(bytes, n);
        }
    }
    group.cancel();
}

riva::asio::awaitable<void> serve_a_client(std::shared_ptr<scripted_server> server) {
    const auto port = server->listen(co_await riva::asio::this_coro::executor).value();
    riva::task_group group(2);
    group.add([server] { return server->serve(); });
    group.add([&] { return stream_twice(port, group); });
    co_await group.run();
}

}  // namespace

TEST_CASE("scripted server leaves nothing alive wherever it is cancelled", "[scripted]") {
    bool cut_off = true;
    std::size_t steps = 0;
    for (; cut_off; ++steps) {
        const auto server = std::make_shared<scripted_server>(
            scripted_server::from_script(
                R"({"rules":[{"replies":[{"text":"12345678"}],"behaviour":{"ttft_ms":1,"tokens_per_second":2000}}]})",
                {}
            )
                .value()
        );
        cut_off = run_and_cancel_after([server] { return serve_a_client(server); }, steps);
        REQUIRE(server.use_count() == 1);
        if (!cut_off) CHECK(server->requests() == 2);
    }
    CHECK(steps > 20);
}

TEST_CASE("scripted server says which address it cannot have", "[scripted]") {
    const served first(hello);
    run([&]() -> riva::asio::awaitable<void> {
        auto second =
            scripted_server::from_script(hello, {"127.0.0.1", first.port(), 1, 0}).value();
        const auto port = second.listen(co_await riva::asio::this_coro::executor);
        REQUIRE(port.has_error());
        CHECK(port.error().code == riva::llm::errc::connect_failed);
        CHECK(port.error().context.find(std::to_string(first.port())) != std::string::npos);
    });
}
