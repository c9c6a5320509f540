#pragma once

#include "scripted/answer.hpp"
#include "scripted/transmission.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::llm::scripted {

/// How the events of a stream are told apart: server-sent events without or with names, one JSON
/// value a line, or the elements of one JSON list.
enum class stream_format { events, named_events, lines, list };

struct stream_event {
    std::string name;  ///< only sent where the format has names
    std::string data;  ///< JSON in one line
};

/// Puts the events of a streamed answer into bytes, with the faults that concern whole events.
class event_stream {
public:
    using duration = std::chrono::nanoseconds;

    /// `failure` makes the event that says that the server failed. Lifetime: `f` until the end.
    event_stream(stream_format format, const fault& f, std::function<stream_event()> failure);

    /// A part of the answer.
    void chunk(const stream_event& e, duration delay = {});
    /// A part of the text, which is what an answer without end repeats.
    void delta(const stream_event& e, duration delay);
    /// An event that is no part of the answer and does not count.
    void event(const stream_event& e, duration delay = {});
    /// The answer has no more parts: a fault that was to happen after more of them happens now.
    void no_more_chunks();
    /// What is sent when there is nothing to say; otherwise a comment.
    void set_heartbeat(const stream_event& e) { heartbeat_ = framed(e); }

    /// The stream as a response with status 200.
    response finish();

private:
    void fail(duration delay);
    void append(const stream_event& e, duration delay);
    void repeat(std::string bytes, duration delay);
    void beat();
    std::string framed(const stream_event& e) const;
    std::string padding() const;
    std::string comment(std::string_view text) const;
    std::string_view line_end() const;

    stream_format format_;
    const fault& fault_;
    std::function<stream_event()> failure_;
    std::vector<piece> pieces_;
    std::vector<piece> repeated_;
    std::string heartbeat_;
    std::size_t chunks_ = 0;
    bool ended_ = false;
};

/// A payload as the fault wants it.
std::string spoilt_payload(const std::string& data, payload_fault::kind what);

}  // namespace riva::llm::scripted
