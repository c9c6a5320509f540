#include "catch.hpp"
#include "error_text.hpp"
#include "exchange.hpp"
#include "run.hpp"
#include "temporary_folder.hpp"
#include "wire_server.hpp"

#include <cstdint>
#include <string>

using riva::deadline;
using riva::llm::http_client;
using riva::test::answering;
using riva::test::exchange;
using riva::test::post_to;
using riva::test::wire;
using riva::test::wire_server;

namespace {

const std::string streamed =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n";

/// Counts the sockets that are left when a coroutine ends, before the client itself goes.
struct left_over {
    std::uint16_t port;
    int& sockets;
    ~left_over() { sockets = riva::test::sockets_to(port); }
};

/// Cancels `exchanges` exchanges after every number of steps until they finish; the client stays
/// alive longer than what is cancelled. Returns how often they were cut off.
std::size_t cancel_everywhere(
    const wire_server& server,
    const riva::llm::http_request& request,
    int exchanges,
    const std::string& ca_file = {}
) {
    for (std::size_t steps = 0;; ++steps) {
        CAPTURE(steps);
        int sockets = 0;
        int finished = 0;
        const bool cut = riva::test::run_and_cancel_after(
            [&]() -> riva::asio::awaitable<void> {
                http_client client({}, ca_file);
                const left_over count{server.port(), sockets};
                for (; finished < exchanges; ++finished) {
                    const auto got = co_await exchange(client, request, deadline::never());
                    CHECK(got.has_value());
                }
            },
            steps
        );
        CHECK((finished < exchanges) == cut);
        if (!cut) return steps;
        CHECK(sockets == 0);
    }
}

}  // namespace

TEST_CASE("http_client leaves no socket open wherever an exchange is cancelled", "[http]") {
    const wire_server server(answering({streamed}));
    CHECK(cancel_everywhere(server, post_to(server.port()), 1) > 2);
    CHECK(cancel_everywhere(server, post_to(server.port()), 2) > 3);
}

TEST_CASE("http_client leaves no socket open when a replaced connection is cancelled", "[http]") {
    const wire_server server([](wire& client, int) {
        client.request();
        client.send(streamed);
        client.request();
    });
    CHECK(cancel_everywhere(server, post_to(server.port()), 2) > 4);
}

TEST_CASE("http_client leaves no socket open wherever TLS is cancelled", "[http][tls]") {
    const auto authority = riva::test::make_authority("riva test");
    const riva::test::temporary_folder folder;
    const auto ca_file = folder.write("ca.pem", authority.pem);
    const wire_server server(answering({streamed}), riva::test::issue(authority, "DNS:localhost"));
    const auto request = post_to(server.port(), "localhost");
    CHECK(cancel_everywhere(server, request, 2, ca_file.string()) > 6);
}

TEST_CASE("http_client can be cancelled while it waits for a silent server", "[http]") {
    const wire_server server([](wire& client, int) {
        client.request();
        client.request();
    });
    for (std::size_t steps = 0; steps < 4; ++steps) {
        int sockets = 0;
        const bool cut = riva::test::run_and_cancel_after(
            [&]() -> riva::asio::awaitable<void> {
                http_client client;
                const left_over count{server.port(), sockets};
                co_await client.send(post_to(server.port()), deadline::never());
            },
            steps
        );
        CHECK(cut);
        CHECK(sockets == 0);
    }
}
