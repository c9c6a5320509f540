#include "http_transport.hpp"

#include "http_text.hpp"
#include "line_decoder.hpp"
#include "retry_hint.hpp"
#include "server_error.hpp"
#include "sse_decoder.hpp"
#include "utf8.hpp"

#include <utility>

namespace riva::llm {
namespace {

constexpr std::size_t error_body_bytes = 64 * 1024;
constexpr std::chrono::milliseconds ending_time{50};

/// A response while it is read.
struct reading {
    const endpoint& to;
    http_response response;
    answer& got;
    std::unique_ptr<answer_decoder> decoder;
};

std::pair<std::string, std::string> key_header(auth_style style, const std::string& key) {
    switch (style) {
        case auth_style::x_api_key: return {"x-api-key", key};
        case auth_style::api_key: return {"api-key", key};
        case auth_style::x_goog_api_key: return {"x-goog-api-key", key};
        case auth_style::bearer: break;
    }
    return {"Authorization", "Bearer " + key};
}

bool is_version(std::string_view segment) {
    return segment == "/v1" || segment == "/v1beta";
}

/// The path of the base URL and the target below it. A base URL that ends in a version chooses that
/// version, whether the provider's own SDK writes it there or not.
std::string join(const std::string& path, std::string_view target) {
    const std::string_view first = target.substr(0, target.find('/', 1));
    const std::size_t last = path.rfind('/');
    if (last != path.npos && is_version(path.substr(last)) && is_version(first))
        target.remove_prefix(first.size());
    return path + std::string(target);
}

http_request make_request(const endpoint& to, const chat_request& request) {
    wire_request wire = to.format.encode(request, to.model, to.server, to.provider);
    http_request made;
    made.origin = to.origin;
    made.target = join(to.path, wire.target);
    made.headers = std::move(wire.headers);
    made.headers.emplace_back("Content-Type", "application/json");
    made.headers.emplace_back(
        "Accept", request.stream ? "text/event-stream, application/json" : "application/json"
    );
    made.headers.emplace_back("User-Agent", "riva");
    if (!to.key.empty()) made.headers.push_back(key_header(to.server.auth, to.key));
    made.body = std::move(wire.body);
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
    const server_error said = read_error_body(body);
    const auto& [who, key_name] = from.to.said_by;
    attempt_failure failed;
    failed.status = response.status();
    failed.why = explain(failed.status, said, who, key_name);
    failed.hint = read_retry_hint(
        response.header("x-should-retry"),
        response.header("retry-after-ms"),
        response.header("retry-after"),
        std::chrono::system_clock::now()
    );
    if (!failed.hint.delay) failed.hint.delay = said.retry_after;
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
    co_return from.decoder->take_whole(body);
}

/// Events of an event stream, or lines of JSON.
struct framing {
    explicit framing(bool is_lines) : lines_only(is_lines) {}

    /// Hands what one piece completes to the decoder.
    result<void> take(std::string_view piece, answer_decoder& decoder);
    /// What the end of the stream left without its end: only a terminal event counts.
    result<void> take_unfinished(answer_decoder& decoder);

    bool lines_only;
    sse_decoder events;
    line_decoder lines;
};

result<void> framing::take(std::string_view piece, answer_decoder& decoder) {
    if (lines_only)
        lines.feed(piece);
    else
        events.feed(piece);
    while (lines_only) {
        const auto line = lines.next();
        if (!line) return line.error();
        if (!*line) return {};
        if (auto taken = decoder.take_event({}, **line); !taken) return taken;
    }
    for (;;) {
        const auto event = events.next();
        if (!event) return event.error();
        if (!*event) return {};
        if (auto taken = decoder.take_event((*event)->type, (*event)->data); !taken) return taken;
    }
}

result<void> framing::take_unfinished(answer_decoder& decoder) {
    if (lines_only) return llm::take_unfinished(decoder, {}, lines.unfinished());
    const auto last = events.unfinished();
    return last ? llm::take_unfinished(decoder, last->type, last->data) : result<void>();
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
    const std::string& who = from.to.said_by.who;
    if (from.got.stopped() && (silent || lost)) return {};
    if (paused) return error{errc::idle_timed_out, who + " sends signs of life but no text"};
    if (lost) return error{errc::truncated_answer, who + " was cut off: " + why.context};
    return why;
}

asio::awaitable<result<void>> read_stream(reading& from, bool lines_only, deadline by) {
    framing frames(lines_only);
    deadline pause = deadline::in(from.to.longest_pause);
    std::size_t received = 0;
    while (!from.decoder->ended()) {
        const auto piece = co_await from.response.read(min(by, pause));
        if (!piece) co_return judge_cut(from, piece.error(), pause < by && pause.expired());
        if (piece->empty()) co_return frames.take_unfinished(*from.decoder);
        const auto taken = frames.take(*piece, *from.decoder);
        if (!taken) co_return taken;
        if (from.got.progress() > received) pause = deadline::in(from.to.longest_pause);
        received = from.got.progress();
    }
    co_await read_ending(from, by);
    co_return result<void>();
}

asio::awaitable<result<void>> read_answer(reading& from, bool stream_asked, deadline by) {
    const http_response& response = from.response;
    const std::string type = media_type(response.header("content-type"));
    const bool lines = type == "application/x-ndjson";
    const bool stream = lines || type == "text/event-stream" || (type.empty() && stream_asked);
    const bool json = type == "application/json" || type.ends_with("+json") || type.empty();
    if (response.status() != 200 || (!stream && !json))
        co_return error{
            errc::unexpected_content,
            from.to.said_by.who + " answered HTTP " + std::to_string(response.status()) +
                " with '" + printable(type, 60) +
                "' instead of JSON or an event stream; check that the base URL is that of the API"
        };
    if (stream) co_return co_await read_stream(from, lines, by);
    co_return co_await read_whole(from, by);
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

// What follows are no coroutines, so that what they need only for a moment takes no room in the
// frame of a stream that is open for minutes.

asio::awaitable<result<http_response>> post(
    http_client& client, const endpoint& to, const chat_request& request, deadline by
) {
    return client.send(make_request(to, request), by);
}

attempt without_answer(answer& got, attempt_failure failed) {
    got.fail(failed.why);
    return {std::move(failed), {}, true};
}

attempt conclude(
    reading& from,
    const chat_request& request,
    std::chrono::steady_clock::time_point sent,
    const result<void>& read
) {
    attempt made;
    if (const auto began = from.got.began()) made.first_token = *began - sent;
    auto reply = read ? from.got.finish() : result<chat_reply>(from.got.fail(read.error()));
    if (reply)
        made.outcome = std::move(*reply);
    else
        made.outcome = attempt_failure{reply.error(), from.response.status(), {}};
    settle(made, request, from.got.so_far());
    return made;
}

}  // namespace

asio::awaitable<attempt> http_transport::send(
    const chat_request& request, const stream_observer& observer, deadline by
) {
    answer got(to_.said_by, request, observer);
    const auto sent = std::chrono::steady_clock::now();
    auto response = co_await post(client_, to_, request, by);
    if (!response) co_return without_answer(got, {response.error(), 0, {}});
    reading from{
        to_, std::move(*response), got, to_.format.make_decoder(got, request, to_.provider)
    };
    if (from.response.status() >= 400)
        co_return without_answer(got, co_await read_refusal(from, by));
    co_return conclude(from, request, sent, co_await read_answer(from, request.stream, by));
}

}  // namespace riva::llm
