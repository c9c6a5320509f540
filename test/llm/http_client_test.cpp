#include "catch.hpp"
#include "error_text.hpp"
#include "exchange.hpp"
#include "run.hpp"
#include "wire_server.hpp"

#include <riva/llm/error.hpp>

#include <functional>
#include <string>
#include <vector>

using riva::deadline;
using riva::error;
using riva::llm::errc;
using riva::llm::http_client;
using riva::llm::http_limits;
using riva::test::answering;
using riva::test::exchange;
using riva::test::exchange_once;
using riva::test::exchanged;
using riva::test::post_to;
using riva::test::response;
using riva::test::wire;
using riva::test::wire_server;

namespace {

const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string at(const wire_server& server) {
    return "127.0.0.1:" + std::to_string(server.port());
}

/// What a client makes of that answer.
riva::result<exchanged> fetch(std::string bytes, http_limits limits = {}) {
    const wire_server server([&](wire& client, int) {
        client.request();
        client.send(bytes);
    });
    return exchange_once(post_to(server.port()), limits);
}

/// Two exchanges of one client, one after the other.
std::vector<exchanged> fetch_twice(std::uint16_t port) {
    std::vector<exchanged> seen;
    riva::test::run([&]() -> riva::asio::awaitable<void> {
        http_client client;
        for (int i = 0; i < 2; ++i) {
            const auto got = co_await exchange(client, post_to(port), deadline::never());
            seen.push_back(got.value());
        }
    });
    return seen;
}

}  // namespace

TEST_CASE("http_client sends one request in the bytes that HTTP prescribes", "[http]") {
    std::string seen;
    {
        const wire_server server([&](wire& client, int) {
            seen = client.request();
            client.send(response("200 OK", "hello"));
        });
        auto request = post_to(server.port());
        request.target = "/v1/chat/completions";
        request.headers = {{"Content-Type", "application/json"}};
        CHECK(exchange_once(request).value() == exchanged{200, "hello"});
        const std::string host = at(server);
        CHECK(
            seen == "POST /v1/chat/completions HTTP/1.1\r\nHost: " + host +
                        "\r\nContent-Type: application/json\r\nAccept-Encoding: identity\r\n"
                        "Content-Length: 2\r\nConnection: keep-alive\r\n\r\n{}"
        );
    }
}

TEST_CASE("http_client uses a connection again when the response was read to its end", "[http]") {
    for (const std::string& each : {response("200 OK", "a"), chunked + "1\r\na\r\n0\r\n\r\n"}) {
        const wire_server server(answering({each}));
        CHECK(fetch_twice(server.port()) == std::vector<exchanged>(2, {200, "a"}));
        CHECK(server.connections() == 1);
    }
}

TEST_CASE("http_client opens a new connection after one that cannot be used again", "[http]") {
    const std::string closing = response("200 OK", "a", "Connection: close\r\n");
    const std::string too_much = response("200 OK", "a") + "b";
    for (const std::string& each : {closing, too_much}) {
        const wire_server server(answering({each}));
        CHECK(fetch_twice(server.port()) == std::vector<exchanged>(2, {200, "a"}));
        CHECK(server.connections() == 2);
    }
}

TEST_CASE("http_client replaces a connection that ended while it was idle", "[http]") {
    // The first connection answers once and ends: at once, or only when the next request is there.
    for (const bool waits : {false, true}) {
        for (const bool resets : {false, true}) {
            CAPTURE(waits, resets);
            const wire_server server([&](wire& client, int nth) {
                client.request();
                client.send(response("200 OK", "a"));
                if (nth == 1 && !waits) return;
                if (client.request().empty()) return;
                if (nth > 1) return client.send(response("200 OK", "a"));
                if (resets) client.reset();
            });
            CHECK(fetch_twice(server.port()) == std::vector<exchanged>(2, {200, "a"}));
            CHECK(server.connections() == 2);
        }
    }
}

TEST_CASE("http_client makes a request when it has a connection, and again for another", "[http]") {
    const wire_server server([](wire& client, int nth) {
        client.request();
        client.send(response("200 OK", "a"));
        if (client.request().empty() || nth == 1) return;
        client.send(response("200 OK", "a"));
    });
    int made = 0;
    std::vector<int> made_after;  // each exchange
    riva::test::run([&]() -> riva::asio::awaitable<void> {
        http_client client;
        auto request = post_to(server.port());
        const std::function<riva::llm::http_request()> make = [&] {
            ++made;
            return request;
        };
        for (int i = 0; i < 2; ++i) {
            auto got = co_await client.send(request.origin, make, deadline::never());
            while (!(co_await got.value().read(deadline::never())).value().empty()) {
            }
            made_after.push_back(made);
        }
        request = post_to(riva::test::closed_port());
        const auto refused = co_await client.send(request.origin, make, deadline::never());
        CHECK(refused.error().code == errc::connect_failed);
        made_after.push_back(made);
    });
    CHECK(made_after == std::vector<int>{1, 3, 3});
}

TEST_CASE("http_client does not repeat a request on a fresh connection", "[http]") {
    const wire_server server([](wire& client, int) { client.request(); });
    const auto got = exchange_once(post_to(server.port()));
    CHECK(got.error().code == errc::connection_lost);
    CHECK(got.error().context.find(at(server)) != std::string::npos);
    CHECK(server.connections() == 1);
}

TEST_CASE("http_client says in one sentence that a connection was refused", "[http]") {
    const std::uint16_t port = riva::test::closed_port();
    const error expected{
        errc::connect_failed,
        "cannot connect to 127.0.0.1:" + std::to_string(port) + ": Connection refused"
    };
    CHECK(exchange_once(post_to(port)).error() == expected);
}

TEST_CASE("http_client refuses redirects and names where they lead", "[http]") {
    for (const std::string status : {"301 Moved", "302 Found", "307 Temporary", "308 Permanent"}) {
        const auto got = fetch(response(status, "", "Location: http://127.0.0.1:1/\x01v2\r\n"));
        CHECK(got.error().code == errc::http_malformed);
        const auto clean = fetch(response(status, "", "Location: http://127.0.0.1:1/v2\r\n"));
        CHECK(clean.error().code == errc::redirected);
        CHECK(clean.error().context.find("'http://127.0.0.1:1/v2'") != std::string::npos);
    }
}

TEST_CASE("http_client refuses a header that is larger than its limit", "[http]") {
    const std::string large = "X: " + std::string(20'000, 'x') + "\r\n";
    CHECK(fetch(response("200 OK", "a", large)).error().code == errc::http_limit);
    http_limits generous;
    generous.header_bytes = 32 * 1024;
    CHECK(fetch(response("200 OK", "a", large), generous).value() == exchanged{200, "a"});
    std::string many;
    for (int i = 0; i < 101; ++i) many += "X: y\r\n";
    CHECK(fetch(response("200 OK", "a", many)).error().code == errc::http_limit);
}

TEST_CASE("http_client refuses a body that is larger than its limit", "[http]") {
    http_limits limits;
    limits.body_bytes = 4;
    CHECK(fetch(response("200 OK", "four"), limits).value() == exchanged{200, "four"});
    CHECK(fetch(response("200 OK", "fives"), limits).error().code == errc::http_limit);
    const std::string pieces = chunked + "4\r\nfour\r\n1\r\ns\r\n0\r\n\r\n";
    CHECK(fetch(pieces, limits).error().code == errc::http_limit);
}

TEST_CASE("http_client reads a stream of more than 8 MiB", "[http]") {
    constexpr std::size_t piece = 64 * 1024;
    constexpr std::size_t pieces = 9 * 16;
    std::string bytes = chunked;
    for (std::size_t i = 0; i < pieces; ++i)
        bytes += "10000\r\n" + std::string(piece, static_cast<char>('a' + i % 26)) + "\r\n";
    const exchanged got = fetch(bytes + "0\r\n\r\n").value();
    REQUIRE(got.body.size() == piece * pieces);
    bool same = true;
    for (std::size_t i = 0; i < pieces; ++i)
        same &= got.body.find_first_not_of(static_cast<char>('a' + i % 26), i * piece) >=
                (i + 1) * piece;
    CHECK(same);
}

TEST_CASE("http_client reads a response that arrives byte by byte", "[http]") {
    const wire_server server([](wire& client, int) {
        client.request();
        for (const char c : chunked + "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nA: b\r\n\r\n")
            client.send({&c, 1});
    });
    CHECK(exchange_once(post_to(server.port())).value() == exchanged{200, "abcde"});
}

TEST_CASE("http_client reports a response that was cut or is no HTTP", "[http]") {
    CHECK(fetch("HTTP/1.1 200 OK\r\nConte").error().code == errc::connection_lost);
    CHECK(fetch(chunked + "5\r\nab").error().code == errc::connection_lost);
    CHECK(fetch(chunked + "2\r\nab\r\n").error().code == errc::connection_lost);
    CHECK(fetch("SSH-2.0-OpenSSH_9.2\r\n\r\n").error().code == errc::http_malformed);
    CHECK(fetch(chunked + "nothex\r\n").error().code == errc::http_malformed);
    const auto zipped = response("200 OK", "a", "Content-Encoding: gzip\r\n");
    CHECK(fetch(zipped).error().code == errc::http_malformed);
}

TEST_CASE("http_client hands out the beginning of a body before it reports the cut", "[http]") {
    const wire_server server([](wire& client, int) {
        client.request();
        client.send(chunked + "2\r\nab\r\n");
    });
    riva::test::run([&]() -> riva::asio::awaitable<void> {
        http_client client;
        auto got = co_await client.send(post_to(server.port()), deadline::never());
        CHECK(std::string(got->header("transfer-ENCODING")) == "chunked");
        const auto piece = co_await got->read(deadline::never());
        CHECK(piece.value() == "ab");
        for (int i = 0; i < 2; ++i) {
            const auto end = co_await got->read(deadline::never());
            CHECK(end.error().code == errc::connection_lost);
        }
        CHECK(riva::test::sockets_to(server.port()) == 0);
    });
}

TEST_CASE("http_client closes the connection of a response that is dropped", "[http]") {
    const wire_server server(answering({response("200 OK", "hello")}));
    riva::test::run([&]() -> riva::asio::awaitable<void> {
        http_client client;
        for (int i = 0; i < 2; ++i) {
            const auto got = co_await client.send(post_to(server.port()), deadline::never());
            CHECK(got->status() == 200);
        }
        CHECK(riva::test::sockets_to(server.port()) == 0);
    });
    CHECK(server.connections() == 2);
}

TEST_CASE("http_client refuses to send what would end a header line early", "[http]") {
    auto request = post_to(1);
    request.headers = {{"X", "a\r\nHost: evil"}};
    CHECK(exchange_once(request).error().code == errc::bad_request);
    request = post_to(1);
    request.target = "/a b";
    CHECK(exchange_once(request).error().code == errc::bad_request);
}
