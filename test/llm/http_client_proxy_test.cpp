// riva's client behind a proxy, over real sockets. Which proxy is chosen is in proxy_test.cpp.
#include "catch.hpp"
#include "certificate.hpp"
#include "error_text.hpp"
#include "exchange.hpp"
#include "proxy_server.hpp"
#include "run.hpp"
#include "temporary_folder.hpp"
#include "wire_server.hpp"

#include <riva/llm/error.hpp>
#include <riva/llm/http_client.hpp>
#include <riva/llm/provider.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using riva::deadline;
using riva::llm::errc;
using riva::llm::http_client;
using riva::llm::http_limits;
using riva::llm::http_request;
using riva::llm::proxy_settings;
using riva::test::answering;
using riva::test::closed_port;
using riva::test::exchange;
using riva::test::exchanged;
using riva::test::proxy_server;
using riva::test::response;
using riva::test::temporary_folder;
using riva::test::wire;
using riva::test::wire_server;

namespace {

/// For both schemes.
proxy_settings through(std::uint16_t port, const std::string& user = "") {
    const std::string url = "http://" + user + "127.0.0.1:" + std::to_string(port);
    return {url, url, ""};
}

http_request post_to(const std::string& host, bool tls) {
    http_request request;
    request.origin = {tls, host, tls ? "443" : "8080"};
    request.target = "/v1/chat";
    request.body = "{}";
    return request;
}

/// So many exchanges of one client, one after the other, up to the first failure.
std::vector<riva::result<exchanged>> fetch(
    const http_request& request,
    const proxy_settings& proxies,
    int times = 1,
    const std::string& ca_file = "",
    http_limits limits = {}
) {
    std::vector<riva::result<exchanged>> seen;
    riva::test::run([&]() -> riva::asio::awaitable<void> {
        http_client client(limits, ca_file, proxies);
        for (int i = 0; i < times && (seen.empty() || seen.back()); ++i)
            seen.push_back(co_await exchange(client, request, deadline::in(30s)));
    });
    return seen;
}

riva::error failure(const http_request& request, const proxy_settings& proxies) {
    return fetch(request, proxies).front().error();
}

/// A proxy that answers CONNECT with these bytes.
riva::error refused_by(const std::string& bytes) {
    const wire_server proxy([&](wire& client, int) {
        client.request();
        client.send(bytes);
        client.request();
    });
    return failure(post_to("model.example", true), through(proxy.port()));
}

}  // namespace

TEST_CASE("http goes through a proxy by its whole URL, on one connection", "[proxy][http]") {
    std::vector<std::string> requests;
    {
        const wire_server proxy([&](wire& client, int) {
            for (std::string one = client.request(); !one.empty(); one = client.request()) {
                requests.push_back(one);
                client.send(response("200 OK", "hi"));
            }
        });
        const auto seen =
            fetch(post_to("model.example", false), through(proxy.port(), "me:word@"), 2);
        REQUIRE(seen.size() == 2);
        CHECK(seen[1].value() == exchanged{200, "hi"});
        CHECK(proxy.connections() == 1);
    }
    REQUIRE(requests.size() == 2);
    CHECK(
        requests[0].starts_with("POST http://model.example:8080/v1/chat HTTP/1.1\r\n"
                                "Host: model.example:8080\r\n"
                                "Proxy-Authorization: Basic bWU6d29yZA==\r\n")
    );
}

TEST_CASE("https goes through a tunnel, and the proxy sees nothing of it", "[proxy][http]") {
    const temporary_folder folder;
    const auto authority = riva::test::make_authority("An authority");
    folder.write("ca.pem", authority.pem);
    const std::string ca_file = (folder.path() / "ca.pem").string();
    std::string request;
    std::vector<std::string> heads;
    {
        const wire_server server(
            [&](wire& client, int) {
                request = client.request();
                client.send(response("200 OK", "hi"));
                client.request();
            },
            riva::test::issue(authority, "DNS:model.example")
        );
        const proxy_server proxy(server.port());
        const auto proxies = through(proxy.port(), "me:word@");
        CHECK(
            fetch(post_to("model.example", true), proxies, 1, ca_file).front().value() ==
            exchanged{200, "hi"}
        );
        const auto other = fetch(post_to("other.example", true), proxies, 1, ca_file);
        CHECK(other.front().error().code == errc::tls_refused);
        heads = proxy.heads();
    }
    CHECK(request.starts_with("POST /v1/chat HTTP/1.1\r\nHost: model.example\r\n"));
    CHECK(request.find("Proxy") == std::string::npos);
    REQUIRE(heads.size() == 2);
    CHECK(
        heads[0] ==
        "CONNECT model.example:443 HTTP/1.1\r\nHost: model.example:443\r\nUser-Agent: riva\r\n"
        "Proxy-Authorization: Basic bWU6d29yZA==\r\n\r\n"
    );
}

TEST_CASE("a proxy that does not open a tunnel is named, with what to do", "[proxy][http]") {
    const auto forbidden = refused_by("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    CHECK(forbidden.code == errc::connect_failed);
    CHECK(forbidden.context.starts_with("the proxy 127.0.0.1:"));
    CHECK(forbidden.context.ends_with(
        " is of no use for model.example: it does not connect to there (HTTP 403); check "
        "https_proxy and no_proxy"
    ));
    const auto asks = refused_by("HTTP/1.1 407 Who are you\r\n\r\n");
    CHECK(asks.code == errc::connect_failed);
    CHECK(asks.context.find("USER:PASSWORD") != std::string::npos);
    CHECK(
        refused_by("HTTP/1.1 302 Found\r\nLocation: http://evil/\r\n\r\n").code ==
        errc::connect_failed
    );
    CHECK(refused_by("SSH-2.0-hello\r\n\r\n").code == errc::http_malformed);
    CHECK(refused_by("HTTP/1.1 200 OK\r\n\r\nEHLO").code == errc::http_malformed);
    CHECK(refused_by("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x')).code == errc::http_limit);
    const auto down = failure(post_to("model.example", true), through(closed_port()));
    CHECK(down.code == errc::connect_failed);
    CHECK(down.context.starts_with("the proxy 127.0.0.1:"));
}

TEST_CASE("a proxy that says nothing is given up in time", "[proxy][http]") {
    const wire_server proxy([&](wire& client, int) { client.read_nothing(); });
    http_limits limits;
    limits.connect = 100ms;
    const auto seen = fetch(post_to("model.example", true), through(proxy.port()), 1, "", limits);
    CHECK(seen.front().error().code == errc::connect_timed_out);
}

TEST_CASE("a request through a proxy can be cancelled at every step", "[proxy][http]") {
    const wire_server proxy([&](wire& client, int) {
        client.request();
        client.send("HTTP/1.1 200 OK\r\n\r\n");
        client.request();
    });
    for (std::size_t steps = 0; steps < 12; ++steps) {
        CAPTURE(steps);
        riva::test::run_and_cancel_after(
            [&]() -> riva::asio::awaitable<void> {
                http_client client({}, "", through(proxy.port()));
                static_cast<void>(
                    co_await exchange(client, post_to("model.example", true), deadline::in(30s))
                );
            },
            steps
        );
        CHECK(riva::test::sockets_to(proxy.port()) == 0);
    }
}

TEST_CASE("a setting that is no proxy is refused before anything is sent", "[proxy]") {
    riva::llm::provider_options options;
    options.proxies.https = "ftp://proxy.example";
    const auto spec = riva::llm::parse_model_spec("openai:m@https://model.example/v1").value();
    const auto made = riva::llm::make_model(spec, options);
    REQUIRE(made.has_error());
    CHECK(made.error().code == errc::invalid_spec);
    options.proxies.exceptions = "model.example";
    CHECK(riva::llm::make_model(spec, options).has_value());
}
