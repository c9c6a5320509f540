#include "attempt.hpp"

#include "http_text.hpp"
#include "sse_decoder.hpp"
#include "utf8.hpp"

#include <utility>

namespace riva::llm {
namespace {

constexpr std::size_t error_body_bytes = 64 * 1024;
constexpr std::chrono::milliseconds ending_time{50};

using openai_chat::reply_decoder;

/// A response while it is read.
struct reading {
    const endpoint& to;
    const stream_observer& observer;
    http_response response;
    reply_decoder decoder;

    void announce() const {
        const std::string_view text = decoder.fresh_text();
        if (!text.empty() && observer.on_text) observer.on_text(text);
    }
};

http_request make_request(const endpoint& to, const chat_request& request) {
    http_request made;
    made.origin = to.origin;
    made.target = to.target;
    made.headers = {
        {"Content-Type", "application/json"},
        {"Accept", request.stream ? "text/event-stream, application/json" : "application/json"},
        {"User-Agent", "riva"},
    };
    if (!to.key.empty()) made.headers.emplace_back("Authorization", "Bearer " + to.key);
    made.body = openai_chat::encode(request, to.model, openai_chat::profile_of(to.origin.host));
    return made;
}

/// `type/subtype` in lower case, without parameters.
std::string media_type(std::string_view header) {
    std::string type(trimmed(header.substr(0, header.find(';'))));
    for (char& c : type) c = lower(c);
    return type;
}

asio::awaitable<attempt_failure> read_refusal(reading& from, deadline by) {
    std::string body;
    while (body.size() < error_body_bytes) {
        const auto piece = co_await from.response.read(by);
        if (!piece || piece->empty()) break;
        body += *piece;
    }
    const http_response& response = from.response;
    attempt_failure failed;
    failed.status = response.status();
    failed.why = openai_chat::explain(
        failed.status, openai_chat::read_error_body(body), from.to.who, from.to.key_name
    );
    failed.hint = read_retry_hint(
        response.header("x-should-retry"),
        response.header("retry-after-ms"),
        response.header("retry-after"),
        std::chrono::system_clock::now()
    );
    co_return failed;
}

asio::awaitable<result<void>> read_whole(reading& from, deadline by) {
    std::string body;
    for (;;) {
        const auto piece = co_await from.response.read(by);
        if (!piece) co_return piece.error();
        if (piece->empty()) break;
        body += *piece;
    }
    const auto taken = from.decoder.take_whole(body);
    if (taken) from.announce();
    co_return taken;
}

/// Hands the events of one piece to the decoder.
result<void> take_piece(reading& from, sse_decoder& events, std::string_view piece) {
    events.feed(piece);
    for (;;) {
        const auto event = events.next();
        if (!event) return event.error();
        if (!*event) return {};
        const auto taken = from.decoder.take_event((*event)->type, (*event)->data);
        if (!taken) return taken;
        from.announce();
    }
}

/// After the last event: the end of the body usually comes with it or right behind, and lets the
/// connection be used again. Not worth waiting for.
asio::awaitable<void> read_ending(reading& from, deadline by) {
    const auto rest = co_await from.response.read(min(by, deadline::in(ending_time)));
    static_cast<void>(rest);
}

/// What a failed read means for the stream; nothing when the model had ended before.
result<void> judge_cut(const reading& from, const error& why, bool paused) {
    const bool silent = paused || why.code == errc::idle_timed_out;
    const bool lost = why.code == errc::connection_lost;
    if (from.decoder.finished() && (silent || lost)) return {};
    if (paused)
        return error{errc::idle_timed_out, from.to.who + " sends signs of life but no text"};
    if (lost) return error{errc::truncated_answer, from.to.who + " was cut off: " + why.context};
    return why;
}

asio::awaitable<result<void>> read_stream(reading& from, deadline by) {
    sse_decoder events;
    deadline pause = deadline::in(from.to.longest_pause);
    std::size_t received = 0;
    while (!from.decoder.ended()) {
        const auto piece = co_await from.response.read(min(by, pause));
        if (!piece) co_return judge_cut(from, piece.error(), pause < by && pause.expired());
        if (piece->empty()) {
            if (const auto last = events.unfinished()) from.decoder.take_unfinished(last->data);
            from.announce();
            co_return result<void>();
        }
        const auto taken = take_piece(from, events, *piece);
        if (!taken) co_return taken;
        const chat_reply& reply = from.decoder.so_far();
        const std::size_t now = reply.text.size() + reply.reasoning.size();
        if (now > received) pause = deadline::in(from.to.longest_pause);
        received = now;
    }
    co_await read_ending(from, by);
    co_return result<void>();
}

asio::awaitable<result<chat_reply>> read_answer(reading& from, bool stream_asked, deadline by) {
    const http_response& response = from.response;
    const std::string type = media_type(response.header("content-type"));
    const bool stream = type == "text/event-stream" || (type.empty() && stream_asked);
    const bool json = type == "application/json" || type.ends_with("+json") || type.empty();
    if (response.status() != 200 || (!stream && !json))
        co_return error{
            errc::unexpected_content,
            from.to.who + " answered HTTP " + std::to_string(response.status()) + " with '" +
                printable(type, 60) +
                "' instead of JSON or an event stream; check that the base URL is that of the API"
        };
    result<void> read;
    if (stream)
        read = co_await read_stream(from, by);
    else
        read = co_await read_whole(from, by);
    if (!read) co_return read.error();
    co_return from.decoder.finish();
}

/// Fills in what the server did not count.
void settle(attempt& made, const chat_request& request, const chat_reply& partial) {
    chat_reply* reply = std::get_if<chat_reply>(&made.outcome);
    const chat_reply& seen = reply ? *reply : partial;
    const bool served = reply || !seen.text.empty() || !seen.reasoning.empty();
    made.spent = seen.usage;
    made.spent_known = seen.usage_known || !served;
    if (served && !seen.usage_known) {
        made.spent.input = estimate_tokens(request);
        made.spent.output = estimate_tokens(seen.text) + estimate_tokens(seen.reasoning);
    }
}

}  // namespace

asio::awaitable<attempt> make_attempt(
    http_client& client,
    const endpoint& to,
    const chat_request& request,
    const stream_observer& observer,
    deadline by
) {
    attempt made;
    auto response = co_await client.send(make_request(to, request), by);
    if (!response) {
        made.outcome = attempt_failure{response.error(), 0, {}};
        co_return made;
    }
    reading from{to, observer, std::move(*response), reply_decoder(to.who, to.key_name)};
    const unsigned status = from.response.status();
    if (status >= 400) {
        made.outcome = co_await read_refusal(from, by);
        co_return made;
    }
    auto answer = co_await read_answer(from, request.stream, by);
    if (answer)
        made.outcome = std::move(*answer);
    else
        made.outcome = attempt_failure{answer.error(), status, {}};
    settle(made, request, from.decoder.so_far());
    co_return made;
}

}  // namespace riva::llm
