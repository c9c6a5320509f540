#include <riva/llm/http_client.hpp>

#include "connection_pool.hpp"
#include "dial.hpp"
#include "http_parser.hpp"
#include "http_text.hpp"
#include "request_head.hpp"
#include "tls.hpp"
#include "utf8.hpp"

#include <boost/asio/this_coro.hpp>

#include <cstring>
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

struct http_response::state {
    std::unique_ptr<connection> link;
    std::weak_ptr<connection_pool> pool;
    http_parser parser;
    std::chrono::milliseconds idle{};
    std::optional<error> failure;

    result<std::string_view> decode();
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

asio::awaitable<result<std::string_view>> http_response::read(deadline by) {
    state& s = *state_;
    if (s.failure) co_return *s.failure;
    const patience wait = patience_for(s.idle, errc::idle_timed_out, by);
    while (s.link) {
        const auto body = s.decode();
        if (!body || !body->empty()) co_return body;
        if (s.parser.complete()) break;
        const auto filled = co_await s.link->fill(wait);
        if (!filled) {
            s.failure = filled.error();
            s.link.reset();
            co_return *s.failure;
        }
        if (*filled) continue;
        if (const auto closed = s.parser.close(); !closed) {
            s.failure = error{
                closed.error().code, authority(s.link->origin()) + ": " + closed.error().context
            };
            s.link.reset();
            co_return *s.failure;
        }
    }
    if (s.link) s.finish();
    co_return std::string_view();
}

struct http_client::state {
    state(http_limits how_much, std::string trusted)
        : limits(how_much),
          ca_file(std::move(trusted)),
          pool(std::make_shared<connection_pool>(limits.idle_connections)) {}

    /// A response, or why there is none; `silent` when the peer sent nothing at all.
    struct answer {
        result<http_response> response;
        bool silent = false;
    };

    /// Both texts are given up once they are written, unless they may be needed once more.
    asio::awaitable<answer> exchange(
        std::unique_ptr<connection> link,
        http_request& request,
        std::string& head,
        bool once_more,
        deadline by
    );
    asio::awaitable<result<void>> read_header(http_response::state& s, bool& silent, deadline by);
    result<tls_context*> tls_for(const http_origin& origin);

    http_limits limits;
    std::string ca_file;
    std::unique_ptr<tls_context> tls;
    std::shared_ptr<connection_pool> pool;  // responses give connections back, if it still exists
};

asio::awaitable<result<void>> http_client::state::read_header(
    http_response::state& s, bool& silent, deadline by
) {
    const patience wait = patience_for(limits.header, errc::header_timed_out, by);
    while (!s.parser.header_complete()) {
        const auto filled = co_await s.link->fill(wait);
        if (!filled) co_return filled.error();
        const auto taken = s.parser.feed(s.link->unread());
        const auto ended = *filled || !taken ? result<void>() : s.parser.close();
        if (!taken || !ended) {
            const error& why = taken ? ended.error() : taken.error();
            co_return error{why.code, authority(s.link->origin()) + ": " + why.context};
        }
        silent = false;
        s.link->consume(taken->consumed);
    }
    co_return result<void>();
}

asio::awaitable<http_client::state::answer> http_client::state::exchange(
    std::unique_ptr<connection> link,
    http_request& request,
    std::string& head,
    bool once_more,
    deadline by
) {
    auto s = std::make_unique<http_response::state>();
    s->link = std::move(link);
    s->pool = pool;
    s->parser = http_parser(parser_limits(limits), request.method == "HEAD");
    s->idle = limits.idle;
    const patience wait = patience_for(limits.header, errc::header_timed_out, by);
    const auto written = co_await s->link->write(head, request.body, wait);
    // A server that refuses early may have answered before it had read everything.
    if (!written && written.error().code != errc::connection_lost)
        co_return answer{written.error(), false};
    if (!once_more) {
        std::string().swap(request.body);
        std::string().swap(head);
    }
    bool silent = true;
    const auto complete = co_await read_header(*s, silent, by);
    if (!complete) {
        const bool lost = complete.error().code == errc::connection_lost;
        co_return answer{complete.error(), silent && lost};
    }
    if (auto why = objection(s->parser, s->link->origin())) co_return answer{*why, false};
    co_return answer{http_response(std::move(s)), false};
}

result<tls_context*> http_client::state::tls_for(const http_origin& origin) {
    if (!origin.tls) return nullptr;
    if (!tls) {
        auto made = tls_context::make(ca_file);
        if (!made) return made.error();
        tls = std::move(*made);
    }
    return tls.get();
}

http_client::http_client(http_limits limits, std::string ca_file)
    : state_(std::make_shared<state>(limits, std::move(ca_file))) {}

http_client::~http_client() = default;
http_client::http_client(http_client&&) noexcept = default;
http_client& http_client::operator=(http_client&&) noexcept = default;

asio::awaitable<result<http_response>> http_client::send(http_request request, deadline by) {
    const auto client = state_;  // outlives a client that is destroyed or moved meanwhile
    auto head = request_head(request);
    if (!head) co_return head.error();
    const auto tls = client->tls_for(request.origin);
    if (!tls) co_return tls.error();

    const auto executor = co_await asio::this_coro::executor;
    if (auto pooled = client->pool->take(request.origin, executor)) {
        auto answer = co_await client->exchange(std::move(pooled), request, *head, true, by);
        if (!answer.silent) co_return std::move(answer.response);
    }
    auto fresh = co_await dial(request.origin, client->limits, *tls, by);
    if (!fresh) co_return fresh.error();
    auto answer = co_await client->exchange(std::move(*fresh), request, *head, false, by);
    co_return std::move(answer.response);
}

}  // namespace riva::llm
