#include <riva/llm/http_client.hpp>

#include "connection_pool.hpp"
#include "dial.hpp"
#include "http_parser.hpp"
#include "http_text.hpp"
#include "proxy.hpp"
#include "request_head.hpp"
#include "tls.hpp"
#include "utf8.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

namespace riva::llm {
namespace {

http_parser_limits parser_limits(const http_limits& limits) {
    http_parser_limits parser;
    parser.header_bytes = limits.header_bytes;
    parser.header_fields = limits.header_fields;
    parser.body_bytes = limits.body_bytes;
    return parser;
}

/// What of a complete header forbids to go on.
std::optional<error> objection(const http_parser& parser, const http_origin& origin) {
    const unsigned status = parser.status();
    if (status >= 300 && status < 400)
        return error{
            errc::redirected,
            authority(origin) + " redirects (HTTP " + std::to_string(status) + ") to '" +
                printable(parser.header("location"), 200) +
                "'; redirects are not followed, name the final base URL"
        };
    const std::string_view coding = trimmed(parser.header("content-encoding"));
    if (coding.empty() || same_name(coding, "identity")) return std::nullopt;
    return error{
        errc::http_malformed,
        authority(origin) + " answers in the content coding '" + printable(coding, 40) +
            "' although only identity was accepted"
    };
}

}  // namespace

/// A request that the peer did not take at once.
struct unsent_request {
    std::string head;
    std::string body;
    std::size_t sent = 0;
};

struct http_response::state {
    /// Sends what the peer takes at once; the rest is in `unsent`.
    std::optional<error> start(http_request request, const http_proxy* proxy, patience wait);
    asio::awaitable<std::optional<error>> send_rest(patience wait);
    /// What is known of the header without waiting: that it is complete, or a failure; nothing when
    /// more has to arrive first.
    std::optional<result<void>> take_header();
    /// The same of the next piece of the body, which is empty at the end.
    std::optional<result<std::string_view>> take_body();

    std::unique_ptr<connection> link;
    std::unique_ptr<unsent_request> unsent;
    std::weak_ptr<connection_pool> pool;
    http_parser parser;
    std::chrono::milliseconds idle{};
    std::optional<error> failure;
    bool silent = true;  // nothing was received

private:
    result<std::string_view> decode();
    error named(const error& why) const;
    error end(error why);
    void finish();
};

// One piece of body is handed out for all that one packet brought: the framing between the chunks
// is taken out of the buffer by moving them together.
result<std::string_view> http_response::state::decode() {
    char* begin = nullptr;
    std::size_t size = 0;
    while (!link->unread().empty() && !parser.complete()) {
        const auto step = parser.feed(link->unread());
        if (!step) {
            failure = step.error();
            break;
        }
        const std::string_view body = step->body;
        if (!body.empty()) {
            char* from = link->unread_bytes() + (body.data() - link->unread().data());
            if (begin == nullptr) begin = from;
            std::memmove(begin + size, from, body.size());
            size += body.size();
        }
        link->consume(step->consumed);
    }
    if (size == 0 && failure) return *failure;
    return std::string_view(begin, size);
}

std::optional<error> http_response::state::start(
    http_request request, const http_proxy* proxy, patience wait
) {
    auto head = request_head(request, proxy);
    if (!head) return head.error();
    if (request.method == "HEAD") parser.expect_no_body();
    const std::size_t sent = wait.by.expired() ? 0 : link->write_now(*head, request.body);
    if (sent < head->size() + request.body.size())
        unsent = std::make_unique<unsent_request>(
            unsent_request{std::move(*head), std::move(request.body), sent}
        );
    return std::nullopt;
}

asio::awaitable<std::optional<error>> http_response::state::send_rest(patience wait) {
    const std::size_t of_head = std::min(unsent->sent, unsent->head.size());
    const auto head = std::string_view(unsent->head).substr(of_head);
    const auto body = std::string_view(unsent->body).substr(unsent->sent - of_head);
    const auto written = co_await link->write(head, body, wait);
    unsent.reset();
    // A server that refuses early may have answered before it had read everything.
    if (written || written.error().code == errc::connection_lost) co_return std::nullopt;
    co_return written.error();
}

std::optional<result<void>> http_response::state::take_header() {
    while (!parser.header_complete()) {
        const auto got = link->receive();
        if (!got) return got.error();
        if (*got == connection::received::nothing) return std::nullopt;
        const auto taken = parser.feed(link->unread());
        if (!taken) return named(taken.error());
        if (*got == connection::received::end)
            if (const auto closed = parser.close(); !closed) return named(closed.error());
        silent = false;
        link->consume(taken->consumed);
    }
    if (auto why = objection(parser, link->origin())) return std::move(*why);
    return result<void>();
}

std::optional<result<std::string_view>> http_response::state::take_body() {
    if (failure) return *failure;
    while (link) {
        auto body = decode();
        if (!body || !body->empty()) return body;
        if (parser.complete()) break;
        const auto got = link->receive();
        if (!got) return end(got.error());
        if (*got == connection::received::nothing) return std::nullopt;
        if (*got == connection::received::end)
            if (const auto closed = parser.close(); !closed) return end(named(closed.error()));
    }
    if (link) finish();
    return std::string_view();
}

error http_response::state::named(const error& why) const {
    return {why.code, authority(link->origin()) + ": " + why.context};
}

error http_response::state::end(error why) {
    link.reset();
    failure = std::move(why);
    return *failure;
}

void http_response::state::finish() {
    const auto shelf = pool.lock();
    if (shelf && parser.keeps_connection() && link->unread().empty()) shelf->put(std::move(link));
    link.reset();
}

http_response::http_response(std::unique_ptr<state> s) : state_(std::move(s)) {}
http_response::http_response(http_response&&) noexcept = default;
http_response& http_response::operator=(http_response&&) noexcept = default;
http_response::~http_response() = default;

unsigned http_response::status() const {
    return state_->parser.status();
}

std::string_view http_response::header(std::string_view name) const {
    return state_->parser.header(name);
}

void http_response::drop_header() {
    state_->parser.drop_header();
}

std::optional<result<std::string_view>> http_response::read_now() {
    return state_->take_body();
}

asio::awaitable<void> http_response::wait(deadline by) {
    return state_->link->wait(patience_for(state_->idle, errc::idle_timed_out, by));
}

asio::awaitable<result<std::string_view>> http_response::read(deadline by) {
    for (;;) {
        if (const auto piece = read_now()) co_return *piece;
        co_await wait(by);
    }
}

struct http_client::state {
    state(http_limits how_much, std::string trusted, proxy_settings through)
        : limits(how_much),
          ca_file(std::move(trusted)),
          proxies(std::move(through)),
          pool(std::make_shared<connection_pool>(limits.idle_connections)) {}

    std::unique_ptr<http_response::state> begin(std::unique_ptr<connection> link) const;
    result<way> way_to(const http_origin& origin);

    http_limits limits;
    std::string ca_file;
    proxy_settings proxies;
    std::map<http_origin, std::optional<http_proxy>> proxy_of;  // as far as asked for
    std::unique_ptr<tls_context> tls;
    std::shared_ptr<connection_pool> pool;  // responses give connections back, if it still exists
};

std::unique_ptr<http_response::state> http_client::state::begin(std::unique_ptr<connection> link
) const {
    auto begun = std::make_unique<http_response::state>();
    begun->link = std::move(link);
    begun->pool = pool;
    begun->parser = http_parser(parser_limits(limits));
    begun->idle = limits.idle;
    return begun;
}

result<way> http_client::state::way_to(const http_origin& origin) {
    if (origin.tls && !tls) {
        auto made = tls_context::make(ca_file);
        if (!made) return made.error();
        tls = std::move(*made);
    }
    auto known = proxy_of.find(origin);
    if (known == proxy_of.end()) {
        auto proxy = proxy_for(origin, proxies);
        if (!proxy) return proxy.error();
        known = proxy_of.emplace(origin, std::move(*proxy)).first;
    }
    return way{origin.tls ? tls.get() : nullptr, known->second ? &*known->second : nullptr};
}

http_client::http_client(http_limits limits, std::string ca_file, proxy_settings proxies)
    : state_(std::make_shared<state>(limits, std::move(ca_file), std::move(proxies))) {}

http_client::~http_client() = default;
http_client::http_client(http_client&&) noexcept = default;
http_client& http_client::operator=(http_client&&) noexcept = default;

// One coroutine, because its frame and those of what it awaits are held by every request that waits
// for its answer.
asio::awaitable<result<http_response>> http_client::send(
    const http_origin& origin, const std::function<http_request()>& make, deadline by
) {
    const auto client = state_;  // outlives a client that is destroyed or moved meanwhile
    const auto there = client->way_to(origin);
    if (!there) co_return there.error();
    auto link = client->pool->take(origin, co_await asio::this_coro::executor);
    for (;;) {
        const bool pooled = link != nullptr;
        if (!pooled) {
            auto fresh = co_await dial(origin, client->limits, *there, by);
            if (!fresh) co_return fresh.error();
            link = std::move(*fresh);
        }
        auto begun = client->begin(std::move(link));
        patience wait = patience_for(client->limits.header, errc::header_timed_out, by);
        if (auto why = begun->start(make(), there->proxy, wait)) co_return std::move(*why);
        if (begun->unsent) {
            if (auto why = co_await begun->send_rest(wait)) co_return std::move(*why);
            wait = patience_for(client->limits.header, errc::header_timed_out, by);
        }
        auto complete = begun->take_header();
        for (; !complete; complete = begun->take_header()) co_await begun->link->wait(wait);
        if (*complete) co_return http_response(std::move(begun));
        // Only a connection that has waited may have been closed without an answer.
        error why = complete->error();
        if (!pooled || !begun->silent || why.code != errc::connection_lost) co_return why;
    }
}

asio::awaitable<result<http_response>> http_client::send(http_request request, deadline by) {
    if (const auto head = request_head(request); !head) co_return head.error();
    const std::function<http_request()> make = [&] { return request; };
    co_return co_await send(request.origin, make, by);
}

}  // namespace riva::llm
