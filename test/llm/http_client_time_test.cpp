#include "catch.hpp"
#include "error_text.hpp"
#include "exchange.hpp"
#include "wire_server.hpp"

#include <riva/llm/error.hpp>

#include <chrono>
#include <string>
#include <thread>

using namespace std::chrono_literals;
using riva::deadline;
using riva::llm::errc;
using riva::llm::http_limits;
using riva::test::exchange_once;
using riva::test::post_to;
using riva::test::wire;
using riva::test::wire_server;

namespace {

constexpr auto shortly = 60ms;

/// Sends those bytes as its answer and then nothing more.
wire_server::handler silent_after(std::string bytes) {
    return [bytes = std::move(bytes)](wire& client, int) {
        client.request();
        client.send(bytes);
        client.request();
    };
}

const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab";

/// One step of an exchange that takes for ever, and how that is called.
struct stall {
    std::string sent;
    std::chrono::milliseconds http_limits::* limit;
    errc late;
};

const stall stalls[] = {
    {"", &http_limits::header, errc::header_timed_out},
    {"HTTP/1.1 200 OK\r\n", &http_limits::header, errc::header_timed_out},
    {half, &http_limits::idle, errc::idle_timed_out},
};

}  // namespace

TEST_CASE("http_client limits each wait of an exchange by its own time", "[http]") {
    for (const stall& each : stalls) {
        CAPTURE(each.sent);
        const wire_server server(silent_after(each.sent));
        http_limits limits;
        limits.*each.limit = shortly;
        const auto got = exchange_once(post_to(server.port()), limits);
        CHECK(got.error().code == each.late);
        CHECK(got.error().code == riva::condition::timed_out);
        CHECK(got.error().context.find(std::to_string(server.port())) != std::string::npos);
    }
}

TEST_CASE("http_client ends every wait at the deadline of the whole", "[http]") {
    for (const stall& each : stalls) {
        CAPTURE(each.sent);
        const wire_server server(silent_after(each.sent));
        const auto got = exchange_once(post_to(server.port()), {}, deadline::in(shortly));
        CHECK(got.error().code == errc::total_timed_out);
    }
    const wire_server server(silent_after(""));
    const auto late = exchange_once(post_to(server.port()), {}, deadline::in(0ms));
    CHECK(late.error().code == errc::total_timed_out);
}

TEST_CASE("http_client gives up a TLS handshake that nobody answers", "[http]") {
    const wire_server server([](wire& client, int) { client.request(); });
    http_limits limits;
    limits.tls = shortly;
    const auto got = exchange_once(post_to(server.port(), "localhost"), limits);
    CHECK(got.error().code == errc::connect_timed_out);
    const auto request = post_to(server.port(), "localhost");
    const auto late = exchange_once(request, {}, deadline::in(shortly));
    CHECK(late.error().code == errc::total_timed_out);
}

TEST_CASE("http_client gives up a peer that does not accept in time", "[http]") {
    const riva::test::full_listener peer;
    http_limits limits;
    limits.connect = shortly;
    const auto got = exchange_once(post_to(peer.port()), limits);
    CHECK(got.error().code == errc::connect_timed_out);
    const auto late = exchange_once(post_to(peer.port()), {}, deadline::in(shortly));
    CHECK(late.error().code == errc::total_timed_out);
}

TEST_CASE("http_client waits as long as pieces keep coming", "[http]") {
    const wire_server server([](wire& client, int) {
        client.request();
        client.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 8; ++i) {
            std::this_thread::sleep_for(30ms);
            client.send("1\r\na\r\n");
        }
        client.send("0\r\n\r\n");
    });
    http_limits limits;
    limits.idle = 200ms;
    const auto got = exchange_once(post_to(server.port()), limits);
    CHECK(got.value() == riva::test::exchanged{200, "aaaaaaaa"});
}

TEST_CASE("http_client ends at the deadline although pieces never stop coming", "[http]") {
    const wire_server server([](wire& client, int) {
        client.request();
        client.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 200'000; ++i) client.send("4\r\naaaa\r\n");
        client.request();
    });
    const auto got = exchange_once(post_to(server.port()), {}, deadline::in(shortly));
    CHECK(got.error().code == errc::total_timed_out);
}

TEST_CASE("http_client gives up a request that the peer does not read", "[http]") {
    const wire_server server([](wire& client, int) { client.read_nothing(); });
    http_limits limits;
    limits.header = shortly;
    auto request = post_to(server.port());
    request.body = std::string(32u << 20, 'x');
    CHECK(exchange_once(request, limits).error().code == errc::header_timed_out);
}
