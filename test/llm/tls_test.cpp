// Servers over TLS that must not be trusted: each is refused before a byte of the request is sent,
// for a reason that a person can act on.

#include "catch.hpp"
#include "certificate.hpp"
#include "error_text.hpp"
#include "exchange.hpp"
#include "run.hpp"
#include "temporary_folder.hpp"
#include "wire_server.hpp"

#include <riva/llm/error.hpp>
#include <riva/llm/provider.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <openssl/ssl.h>

#include <optional>
#include <string>

namespace asio = boost::asio;
using Catch::Contains;
using riva::deadline;
using riva::error;
using riva::llm::errc;
using riva::test::certificate;
using riva::test::exchange_once;
using riva::test::exchanged;
using riva::test::issue;
using riva::test::make_authority;
using riva::test::make_self_signed;
using riva::test::post_to;
using riva::test::response;
using riva::test::validity;
using riva::test::wire;
using riva::test::wire_server;

namespace {

const std::string key = "sk-secret-of-the-user";

const std::string chat_answer = response(
    "200 OK",
    R"({"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]})",
    "Content-Type: application/json\r\n"
);

/// A client that trusts one authority, and what a server received from it in clear text.
struct trusting {
    certificate authority = make_authority("an authority");
    riva::test::temporary_folder folder;
    std::string ca_file = folder.write("ca.pem", authority.pem).string();
    std::string received;

    wire_server::handler answer(std::string bytes) {
        return [this, bytes = std::move(bytes)](wire& client, int) {
            received += client.request();
            client.send(bytes);
        };
    }

    riva::result<exchanged> ask(const wire_server& server, const std::string& host) const {
        auto request = post_to(server.port(), host);
        request.headers = {{"Authorization", "Bearer " + key}};
        return exchange_once(request, {}, deadline::never(), ca_file);
    }

    /// Why a server with that certificate is refused. Nothing is sent to it.
    error refusal_of(const certificate& shown, const std::string& host = "localhost") {
        error why;
        {
            const wire_server server(answer(response("200 OK", "")), shown);
            const auto got = ask(server, host);
            REQUIRE(got.has_error());
            why = got.error();
            CHECK_THAT(
                why.context,
                Contains(host) && Contains(std::to_string(server.port()) + ": its certificate is")
            );
        }
        CHECK(why.code == errc::tls_refused);
        CHECK(received.empty());
        return why;
    }
};

/// What a model on that server makes of a question.
riva::result<riva::llm::chat_reply> ask_model(
    const wire_server& server, const std::string& ca_file
) {
    const std::string base_url = "https://localhost:" + std::to_string(server.port()) + "/v1";
    std::optional<riva::result<riva::llm::chat_reply>> got;
    riva::test::run([&]() -> riva::asio::awaitable<void> {
        riva::llm::provider_options options;
        options.ca_file = ca_file;
        options.key = key;
        const auto model =
            riva::llm::make_model({"openai", "m", base_url, "OPENAI_API_KEY"}, options).value();
        riva::llm::chat_request request;
        request.messages = {{riva::llm::role::user, "go"}};
        got = co_await model->complete(
            std::move(request), {}, deadline::in(std::chrono::seconds(20))
        );
    });
    return *got;
}

/// The version of TLS that a client gets who takes any.
std::string version_for_anyone(const wire_server& server) {
    asio::io_context io;
    asio::ssl::context careless(asio::ssl::context::tls_client);
    SSL_CTX_set_security_level(careless.native_handle(), 0);
    SSL_CTX_set_min_proto_version(careless.native_handle(), TLS1_VERSION);
    asio::ssl::stream<asio::ip::tcp::socket> stream(io, careless);
    stream.lowest_layer().connect({asio::ip::address_v4::loopback(), server.port()});
    stream.handshake(asio::ssl::stream_base::client);
    return SSL_get_version(stream.native_handle());
}

}  // namespace

TEST_CASE("http_client refuses a self-signed certificate, and says how to trust it", "[tls]") {
    trusting t;
    const error why = t.refusal_of(make_self_signed("DNS:localhost"));
    CHECK_THAT(why.context, Contains("it is self-signed;") && Contains("--ca-file"));
}

TEST_CASE("http_client accepts a self-signed certificate that it was told to trust", "[tls]") {
    trusting t;
    const certificate own = make_self_signed("DNS:localhost");
    t.ca_file = t.folder.write("own.pem", own.pem).string();
    const wire_server server(t.answer(response("200 OK", "hello")), own);
    CHECK(t.ask(server, "localhost").value() == exchanged{200, "hello"});
}

TEST_CASE("http_client refuses a certificate of an issuer that it does not know", "[tls]") {
    trusting t;
    const certificate stranger = make_authority("a \x1bstranger");
    certificate shown = issue(stranger, "DNS:localhost");
    const std::string alone = t.refusal_of(shown).context;
    CHECK_THAT(alone, Contains("its issuer 'a \\x1bstranger' is not known here"));
    CHECK_THAT(alone, Contains("--ca-file"));
    shown.pem += stranger.pem;
    const std::string with_issuer = t.refusal_of(shown).context;
    CHECK_THAT(with_issuer, Contains("'a \\x1bstranger' is self-signed and not known here"));
    CHECK_THAT(with_issuer, Contains("--ca-file"));
}

TEST_CASE("http_client refuses a certificate that has expired, and says when it did", "[tls]") {
    trusting t;
    const error why = t.refusal_of(issue(t.authority, "DNS:localhost", {-30, -1}));
    CHECK_THAT(why.context, Contains("it has expired on 20") && Contains("clock"));
}

TEST_CASE("http_client refuses a certificate that is not yet valid, and says from when", "[tls]") {
    trusting t;
    const error why = t.refusal_of(issue(t.authority, "DNS:localhost", {1, 30}));
    CHECK_THAT(why.context, Contains("it is not yet valid, but from 20") && Contains("clock"));
}

TEST_CASE("http_client refuses a certificate whose issuer has expired", "[tls]") {
    trusting t;
    const certificate old = make_authority("an old authority", validity{-30, -1});
    t.ca_file = t.folder.write("old.pem", old.pem).string();
    const error why = t.refusal_of(issue(old, "DNS:localhost"));
    CHECK_THAT(why.context, Contains("the certificate of its issuer has expired on 20"));
}

TEST_CASE("http_client refuses a certificate of another host, and names whose it is", "[tls]") {
    trusting t;
    const auto [names, host, listed] = GENERATE(table<std::string, std::string, std::string>({
        {"DNS:a.example,IP:10.0.0.1,IP:::2,email:x@y.example",
         "localhost",
         "localhost, but for a.example, 10.0.0.1, ::2;"},
        {"DNS:localhost", "127.0.0.1", "127.0.0.1, but for localhost;"},
        {"DNS:*.localhost", "localhost", "localhost, but for *.localhost;"},
        {"DNS:1.x,DNS:2.x,DNS:3.x,DNS:4.x,DNS:5.x,DNS:6.x", "localhost", "5.x and others;"},
        {"email:x@y.example", "localhost", "localhost, but for none;"},
    }));
    const error why = t.refusal_of(issue(t.authority, names, {}), host);
    CHECK_THAT(why.context, Contains("it is not made for the host") && Contains(listed));
}

TEST_CASE("http_client accepts a certificate for the address that it connects to", "[tls]") {
    trusting t;
    const wire_server server(
        t.answer(response("200 OK", "hello")), issue(t.authority, "IP:127.0.0.1")
    );
    CHECK(t.ask(server, "127.0.0.1").value() == exchanged{200, "hello"});
}

TEST_CASE("http_client speaks TLS 1.2 and 1.3, and refuses what is older", "[tls]") {
    trusting t;
    const certificate shown = issue(t.authority, "DNS:localhost");
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const wire_server server(t.answer(response("200 OK", "hello")), shown, version);
        CHECK(t.ask(server, "localhost").value() == exchanged{200, "hello"});
    }
    t.received.clear();
    for (const auto& [version, name] :
         {std::pair{TLS1_VERSION, "TLSv1"}, std::pair{TLS1_1_VERSION, "TLSv1.1"}}) {
        const wire_server server(t.answer(response("200 OK", "hello")), shown, version);
        CHECK(version_for_anyone(server) == name);
        const auto got = t.ask(server, "localhost");
        CHECK(got.error().code == errc::tls_refused);
        CHECK_THAT(got.error().context, Contains("it speaks no TLS from 1.2 on"));
    }
    CHECK(t.received.empty());
}

TEST_CASE("http_client sends nothing of a request to a server that speaks no TLS", "[tls]") {
    trusting t;
    {
        const wire_server server([&](wire& client, int) {
            client.send(response("400 Bad Request", "this is plain HTTP"));
            t.received = client.rest();
        });
        const auto got = t.ask(server, "localhost");
        CHECK(got.error().code == errc::tls_refused);
        CHECK_THAT(got.error().context, Contains("it does not speak TLS; check the port"));
    }
    CHECK_FALSE(t.received.empty());
    CHECK(t.received.find(key) == std::string::npos);
    CHECK(t.received.find("POST") == std::string::npos);
}

TEST_CASE("http_client reports a server that hangs up instead of shaking hands", "[tls]") {
    const trusting t;
    const wire_server server([](wire&, int) {});
    const auto got = t.ask(server, "localhost");
    CHECK(got.error().code == errc::connect_failed);
    CHECK_THAT(got.error().context, Contains("no TLS with localhost:"));
}

TEST_CASE("http_client takes an answer for cut off that TLS did not end", "[tls]") {
    trusting t;
    const wire_server server(
        t.answer("HTTP/1.1 200 OK\r\n\r\nhalf of"), issue(t.authority, "DNS:localhost")
    );
    CHECK(t.ask(server, "localhost").error().code == errc::connection_lost);
}

TEST_CASE(
    "http_client refuses a file of certificates that holds none, and connects to nobody", "[tls]"
) {
    trusting t;
    const std::string missing = (t.folder / "missing.pem").string();
    const std::string empty = t.folder.write("empty.pem", "no certificate\n").string();
    const wire_server server(t.answer(""), issue(t.authority, "DNS:localhost"));
    for (const std::string& file : {missing, empty}) {
        t.ca_file = file;
        const auto got = t.ask(server, "localhost");
        CHECK(got.error().code == errc::tls_refused);
        CHECK_THAT(got.error().context, Contains("'" + file + "'") && Contains("PEM file"));
    }
    CHECK(server.connections() == 0);
}

TEST_CASE("a model shows its key to a server that the file of certificates vouches for", "[tls]") {
    trusting t;
    {
        const wire_server server(t.answer(chat_answer), issue(t.authority, "DNS:localhost"));
        CHECK(ask_model(server, t.ca_file).value().text == "hello");
    }
    CHECK_THAT(t.received, Contains("Authorization: Bearer " + key + "\r\n"));
}

TEST_CASE("a model refuses any other server once, without its key, and says what to do", "[tls]") {
    trusting t;
    const std::pair<certificate, std::string> cases[] = {
        {make_self_signed("DNS:localhost"), "--ca-file"},
        {issue(make_authority("a stranger"), "DNS:localhost"), "--ca-file"},
        {issue(t.authority, "DNS:localhost", {-30, -1}), "the server needs a new one"},
        {issue(t.authority, "DNS:localhost", {1, 30}), "the clock here"},
        {issue(t.authority, "DNS:other.example"), "check the base URL"},
    };
    for (const auto& [shown, advice] : cases) {
        const wire_server server(t.answer(chat_answer), shown);
        const auto got = ask_model(server, t.ca_file);
        REQUIRE(got.has_error());
        CHECK(got.error().code == errc::tls_refused);
        CHECK_THAT(got.error().context, Contains("localhost:") && Contains(advice));
        CHECK(got.error().context.find('\n') == std::string::npos);
        CHECK(server.connections() == 1);
    }
    CHECK(t.received.empty());
}
