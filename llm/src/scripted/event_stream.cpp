#include "scripted/event_stream.hpp"

#include <utility>

namespace riva::llm::scripted {

event_stream::event_stream(
    stream_format format, const fault& f, std::function<stream_event()> failure
)
    : format_(format), fault_(f), failure_(std::move(failure)) {}

void event_stream::chunk(const stream_event& e, duration delay) {
    if (fault_.error_event && chunks_ == fault_.error_event->after_chunks) fail(delay);
    ++chunks_;
    event(e, delay);
}

void event_stream::delta(const stream_event& e, duration delay) {
    chunk(e, delay);
}

void event_stream::event(const stream_event& e, duration delay) {
    if (!ended_) append(e, delay);
}

void event_stream::fail_if_due() {
    if (fault_.error_event) fail({});
}

void event_stream::fail(duration delay) {
    event(failure_(), delay);
    ended_ = true;
}

void event_stream::append(const stream_event& e, duration delay) {
    std::string bytes;
    if (fault_.comments) bytes += comment();
    bytes += framed(e);
    pieces_.push_back({std::move(bytes), delay, false});
}

std::string event_stream::framed(const stream_event& e) {
    const std::string_view end = line_end();
    std::string bytes;
    switch (format_) {
        case stream_format::named_events:
            bytes.append("event: ").append(e.name).append(end);
            [[fallthrough]];
        case stream_format::events:
            return bytes.append("data: ").append(e.data).append(end).append(end);
        case stream_format::lines: return bytes.append(e.data).append(end);
        case stream_format::list: break;
    }
    return bytes.append(pieces_.empty() ? "[" : ",").append(end).append(e.data);
}

std::string event_stream::comment() const {
    if (format_ == stream_format::lines || format_ == stream_format::list) return "";
    return std::string(": the server is working").append(line_end()).append(line_end());
}

std::string_view event_stream::line_end() const {
    switch (fault_.line_end) {
        case line_end::crlf: return "\r\n";
        case line_end::cr: return "\r";
        case line_end::lf: break;
    }
    return "\n";
}

response event_stream::finish() {
    response r;
    r.stream = true;
    if (format_ == stream_format::list && !fault_.without_done)
        pieces_.push_back({pieces_.empty() ? "[]" : "]", {}, false});
    switch (format_) {
        case stream_format::lines: r.headers = {{"Content-Type", "application/x-ndjson"}}; break;
        case stream_format::list: r.headers = {{"Content-Type", "application/json"}}; break;
        default:
            r.headers = {
                {"Content-Type", "text/event-stream; charset=utf-8"}, {"Cache-Control", "no-cache"}
            };
    }
    r.body = std::move(pieces_);
    return r;
}

}  // namespace riva::llm::scripted
