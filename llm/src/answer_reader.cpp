#include "answer_reader.hpp"

#include "http_text.hpp"
#include "retry_hint.hpp"
#include "server_error.hpp"
#include "utf8.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

namespace riva::llm {
namespace {

constexpr std::size_t error_body_bytes = 64 * 1024;
constexpr std::chrono::milliseconds ending_time{50};

/// `type/subtype`, without parameters.
std::string_view media_type(std::string_view header) {
    return trimmed(header.substr(0, header.find(';')));
}

bool is_json(std::string_view type) {
    constexpr std::string_view suffix = "+json";
    const std::size_t front = type.size() - std::min(type.size(), suffix.size());
    return same_name(type, "application/json") || same_name(type.substr(front), suffix);
}

}  // namespace

result<void> framing::take(std::string_view piece, answer_decoder& decoder) {
    if (lines_only_)
        lines_.feed(piece);
    else
        events_.feed(piece);
    while (lines_only_) {
        const auto line = lines_.next();
        if (!line) return line.error();
        if (!*line) return {};
        if (auto taken = decoder.take_event({}, **line); !taken) return taken;
    }
    for (;;) {
        const auto event = events_.next();
        if (!event) return event.error();
        if (!*event) return {};
        if (auto taken = decoder.take_event((*event)->type, (*event)->data); !taken) return taken;
    }
}

result<void> framing::take_unfinished(answer_decoder& decoder) {
    if (lines_only_) return llm::take_unfinished(decoder, {}, lines_.unfinished());
    const auto last = events_.unfinished();
    return last ? llm::take_unfinished(decoder, last->type, last->data) : result<void>();
}

answer_reader::answer_reader(
    const endpoint& to,
    const chat_request& request,
    const stream_observer& observer,
    http_response response
)
    : to_(to),
      request_(request),
      response_(std::move(response)),
      got_(to.said_by, request, observer) {
    begin();
}

/// Chooses how to read the body.
void answer_reader::begin() {
    if (response_.status() >= 400) {
        reads_ = body::refusal;
        return;
    }
    const std::string_view type = media_type(response_.header("content-type"));
    const bool lines = same_name(type, "application/x-ndjson");
    const bool stream =
        lines || same_name(type, "text/event-stream") || (type.empty() && request_.stream);
    const bool json = type.empty() || is_json(type);
    if (response_.status() != 200 || (!stream && !json))
        return end(error{
            errc::unexpected_content,
            to_.said_by.who + " answered HTTP " + std::to_string(response_.status()) + " with '" +
                printable(type, 60) +
                "' instead of JSON or an event stream; check that the base URL is that of the API"
        });
    decoder_ = to_.format.make_decoder(got_, request_, to_.provider);
    reads_ = stream ? body::stream : body::whole;
    if (!stream) return;
    response_.drop_header();
    frames_ = std::make_unique<framing>(lines);
    pause_ = deadline::in(to_.longest_pause);
}

bool answer_reader::read_now(deadline by) {
    const auto piece = response_.read_now();
    if (!piece) return false;
    if (reads_ == body::stream)
        take_stream(*piece, by);
    else if (reads_ == body::ending)
        reads_ = body::nothing;
    else
        take_whole(*piece);
    return true;
}

void answer_reader::end(result<void> outcome) {
    if (!outcome) failure_ = outcome.error();
    reads_ = body::nothing;
}

void answer_reader::take_whole(const result<std::string_view>& piece) {
    const bool refusal = reads_ == body::refusal;
    if (piece) text_ += *piece;
    if (piece && !piece->empty() && !(refusal && text_.size() >= error_body_bytes)) return;
    if (refusal) return end({});
    end(piece ? decoder_->take_whole(text_) : result<void>(piece.error()));
}

// The end of the body usually comes with the last event or right behind, and lets the connection be
// used again. Not worth waiting for.
void answer_reader::take_stream(const result<std::string_view>& piece, deadline by) {
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
result<void> answer_reader::judge_cut(const error& why, bool paused) const {
    const bool silent = paused || why.code == errc::idle_timed_out;
    const bool lost = why.code == errc::connection_lost;
    const std::string& who = to_.said_by.who;
    if (got_.stopped() && (silent || lost)) return {};
    if (paused) return error{errc::idle_timed_out, who + " sends signs of life but no text"};
    if (lost) return error{errc::truncated_answer, who + " was cut off: " + why.context};
    return why;
}

attempt_failure answer_reader::explain_refusal() const {
    const server_error said = read_error_body(text_);
    const auto& [who, key_name] = to_.said_by;
    attempt_failure failed;
    failed.status = response_.status();
    failed.why = explain(failed.status, said, who, key_name);
    failed.hint = read_retry_hint(
        response_.header("x-should-retry"),
        response_.header("retry-after-ms"),
        response_.header("retry-after"),
        std::chrono::system_clock::now()
    );
    if (!failed.hint.delay) failed.hint.delay = said.retry_after;
    return failed;
}

/// Fills in what the server did not count.
void answer_reader::settle(attempt& made) const {
    chat_reply* reply = std::get_if<chat_reply>(&made.outcome);
    const chat_reply& seen = reply ? *reply : got_.so_far();
    const bool served = reply || !seen.text.empty() || !seen.reasoning.empty();
    made.spent = seen.usage;
    made.spent_known = seen.usage_known || !served;
    if (served && !seen.usage_known) {
        made.spent.input = estimate_tokens(request_);
        made.spent.output = estimate_tokens(seen.text) + estimate_tokens(seen.reasoning);
    }
}

std::unique_ptr<attempt> answer_reader::conclude(std::chrono::steady_clock::time_point sent) {
    auto made = std::make_unique<attempt>();
    if (const auto began = got_.began()) made->first_token = *began - sent;
    if (response_.status() >= 400) {
        attempt_failure failed = explain_refusal();
        got_.fail(failed.why);
        made->outcome = std::move(failed);
        return made;
    }
    auto reply = failure_ ? result<chat_reply>(got_.fail(*failure_)) : got_.finish();
    if (reply)
        made->outcome = std::move(*reply);
    else
        made->outcome = attempt_failure{reply.error(), response_.status(), {}};
    settle(*made);
    return made;
}

std::unique_ptr<attempt> no_answer(
    const stream_observer& observer, const result<http_response>& none
) {
    auto made = std::make_unique<attempt>();
    if (observer.on_event) observer.on_event(answer_failed{none.error()});
    made->outcome = attempt_failure{none.error(), 0, {}};
    return made;
}

}  // namespace riva::llm
