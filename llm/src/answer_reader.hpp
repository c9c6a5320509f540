#pragma once

#include "http_transport.hpp"
#include "line_decoder.hpp"
#include "sse_decoder.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace riva::llm {

/// The body of an answer that is a stream: events, or lines of JSON.
class framing {
public:
    explicit framing(bool is_lines) : lines_only_(is_lines) {}

    /// Hands what one piece completes to the decoder.
    result<void> take(std::string_view piece, answer_decoder& decoder);
    /// What the end of the stream left without its end: only a terminal event counts.
    result<void> take_unfinished(answer_decoder& decoder);

private:
    bool lines_only_;
    sse_decoder events_;
    line_decoder lines_;
};

/// Reads the answer to one request from its response, and never waits by itself. Thread safety:
/// none. Lifetime: everything by reference must outlive it.
class answer_reader {
public:
    answer_reader(
        const endpoint& to,
        const chat_request& request,
        const stream_observer& observer,
        http_response response
    );

    bool finished() const { return reads_ == body::nothing; }
    /// Reads what has arrived; false when nothing has: `wait` then.
    bool read_now(deadline by);
    asio::awaitable<void> wait(deadline by) { return response_.wait(min(by, pause_)); }
    /// What has become of the request that was sent then; call once, when it is finished.
    std::unique_ptr<attempt> conclude(std::chrono::steady_clock::time_point sent);

private:
    enum class body : std::uint8_t { nothing, refusal, whole, stream, ending };

    void begin();
    void end(result<void> outcome);
    void take_whole(const result<std::string_view>& piece);
    void take_stream(const result<std::string_view>& piece, deadline by);
    result<void> judge_cut(const error& why, bool paused) const;
    attempt_failure explain_refusal() const;
    void settle(attempt& made) const;

    const endpoint& to_;
    const chat_request& request_;
    http_response response_;
    answer got_;
    std::unique_ptr<answer_decoder> decoder_;
    std::unique_ptr<framing> frames_;
    std::string text_;  // of a body that is no stream
    deadline pause_;    // by when something new must have come
    std::size_t received_ = 0;
    std::optional<error> failure_;
    body reads_ = body::nothing;
};

/// What has become of a request when `none` says why there is no response.
std::unique_ptr<attempt> no_answer(
    const stream_observer& observer, const result<http_response>& none
);

}  // namespace riva::llm
