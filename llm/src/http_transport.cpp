#include "http_transport.hpp"

#include "http_text.hpp"
#include "line_decoder.hpp"
#include "server_error.hpp"
#include "sse_decoder.hpp"
#include "utf8.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace riva::llm {
namespace {

constexpr std::size_t error_body_bytes = 64 * 1024;
constexpr std::chrono::milliseconds ending_time{50};

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

/// Reads the answer to one request, without I/O: takes the pieces of the body as they come and says
/// how long the next may take.
class reader {
public:
    reader(const endpoint& to, const chat_request& request, const stream_observer& observer)
        : to_(to), request_(request), got_(to.said_by, request, observer) {}

    /// The header has arrived.
    void begin(const http_response& response);
    bool finished() const { return reads_ == body::nothing; }
    /// By when the next piece must have come.
    deadline due(deadline by) const;
    /// A piece of the body, its end (an empty piece), or why there is none.
    void take(const result<std::string_view>& piece, deadline by);

    /// What has become of the request. Call once, when it is finished or was never begun.
    attempt conclude(const http_response& response);
    attempt fail(attempt_failure failed);

private:
    enum class body : std::uint8_t { nothing, refusal, whole, stream, ending };

    void choose_format(const http_response& response);
    void end(result<void> outcome);
    void take_whole(const result<std::string_view>& piece);
    void take_stream(const result<std::string_view>& piece, deadline by);
    result<void> judge_cut(const error& why, bool paused) const;
    attempt_failure explain_refusal(const http_response& response) const;

    const endpoint& to_;
    const chat_request& request_;
    answer got_;
    std::unique_ptr<answer_decoder> decoder_;
    std::optional<framing> frames_;
    std::string text_;  // of a body that is no stream
    deadline pause_;  // by when something new must have come
    std::size_t received_ = 0;
    result<void> outcome_;
    body reads_ = body::nothing;
};

void reader::begin(const http_response& response) {
    if (response.status() >= 400) {
        reads_ = body::refusal;
        return;
    }
    decoder_ = to_.format.make_decoder(got_, request_, to_.provider);
    choose_format(response);
}

void reader::choose_format(const http_response& response) {
    const std::string type = media_type(response.header("content-type"));
    const bool lines = type == "application/x-ndjson";
    const bool stream = lines || type == "text/event-stream" || (type.empty() && request_.stream);
    const bool json = type == "application/json" || type.ends_with("+json") || type.empty();
    if (response.status() != 200 || (!stream && !json))
        return end(error{
            errc::unexpected_content,
            to_.said_by.who + " answered HTTP " + std::to_string(response.status()) + " with '" +
                printable(type, 60) +
                "' instead of JSON or an event stream; check that the base URL is that of the API"
        });
    reads_ = stream ? body::stream : body::whole;
    if (!stream) return;
    frames_.emplace(lines);
    pause_ = deadline::in(to_.longest_pause);
}

void reader::end(result<void> outcome) {
    outcome_ = std::move(outcome);
    reads_ = body::nothing;
}

deadline reader::due(deadline by) const {
    return min(by, pause_);
}

void reader::take(const result<std::string_view>& piece, deadline by) {
    if (reads_ == body::stream) return take_stream(piece, by);
    if (reads_ != body::ending) return take_whole(piece);
    reads_ = body::nothing;
}

void reader::take_whole(const result<std::string_view>& piece) {
    const bool refusal = reads_ == body::refusal;
    if (piece) text_ += *piece;
    if (piece && !piece->empty() && !(refusal && text_.size() >= error_body_bytes)) return;
    if (refusal) return end({});
    end(piece ? decoder_->take_whole(text_) : result<void>(piece.error()));
}

// The end of the body usually comes with the last event or right behind, and lets the connection be
// used again. Not worth waiting for.
void reader::take_stream(const result<std::string_view>& piece, deadline by) {
    if (!piece) return end(judge_cut(piece.error(), pause_ < by && pause_.expired()));
    if (piece->empty()) return end(frames_->take_unfinished(*decoder_));
    auto taken = frames_->take(*piece, *decoder_);
    if (!taken) return end(std::move(taken));
    if (decoder_->ended()) {
        reads_ = body::ending;
        pause_ = deadline::in(ending_time);
    } else if (got_.progress() > received_) {
        pause_ = deadline::in(to_.longest_pause);
    }
    received_ = got_.progress();
}

/// What a failed read means for the stream; nothing when the model had ended before.
result<void> reader::judge_cut(const error& why, bool paused) const {
    const bool silent = paused || why.code == errc::idle_timed_out;
    const bool lost = why.code == errc::connection_lost;
    const std::string& who = to_.said_by.who;
    if (got_.stopped() && (silent || lost)) return {};
    if (paused) return error{errc::idle_timed_out, who + " sends signs of life but no text"};
    if (lost) return error{errc::truncated_answer, who + " was cut off: " + why.context};
    return why;
}

attempt_failure reader::explain_refusal(const http_response& response) const {
    const server_error said = read_error_body(text_);
    const auto& [who, key_name] = to_.said_by;
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
    return failed;
}

attempt reader::fail(attempt_failure failed) {
    got_.fail(failed.why);
    return {std::move(failed), {}, true};
}

attempt reader::conclude(const http_response& response) {
    if (response.status() >= 400) return fail(explain_refusal(response));
    attempt made;
    auto reply = outcome_ ? got_.finish() : result<chat_reply>(got_.fail(outcome_.error()));
    if (reply)
        made.outcome = std::move(*reply);
    else
        made.outcome = attempt_failure{reply.error(), response.status(), {}};
    settle(made, request_, got_.so_far());
    return made;
}

// No coroutine, so that the request takes no room in the frame of a stream that is open for
// minutes.
asio::awaitable<result<http_response>> post(
    http_client& client, const endpoint& to, const chat_request& request, deadline by
) {
    return client.send(make_request(to, request), by);
}

}  // namespace

asio::awaitable<attempt> http_transport::send(
    const chat_request& request, const stream_observer& observer, deadline by
) {
    reader reading(to_, request, observer);
    auto response = co_await post(client_, to_, request, by);
    if (!response) co_return reading.fail({response.error(), 0, {}});
    reading.begin(*response);
    while (!reading.finished()) {
        if (const auto piece = response->read_now())
            reading.take(*piece, by);
        else
            co_await response->wait(reading.due(by));
    }
    co_return reading.conclude(*response);
}

}  // namespace riva::llm
