#include "scripted/event_stream.hpp"

#include <cstdint>
#include <utility>

namespace riva::llm::scripted {

event_stream::event_stream(
    stream_format format, const fault& f, std::function<stream_event()> failure
)
    : format_(format), fault_(f), failure_(std::move(failure)) {}

void event_stream::chunk(const stream_event& e, duration delay) {
    const auto due = [this](std::size_t after) { return chunks_ == after; };
    if (fault_.error_event && due(fault_.error_event->after_chunks)) fail(delay);
    if (fault_.endless && fault_.endless->what == endless_stream::kind::heartbeats &&
        due(fault_.endless->after_chunks))
        beat();
    stream_event sent = e;
    if (fault_.payload && due(fault_.payload->after_chunks))
        sent.data = spoilt_payload(e.data, fault_.payload->what);
    if (chunks_ == 0) sent.data.insert(0, padding());
    ++chunks_;
    event(sent, delay);
}

void event_stream::delta(const stream_event& e, duration delay) {
    chunk(e, delay);
    const bool endless = fault_.endless && fault_.endless->what == endless_stream::kind::tokens;
    if (endless && chunks_ > fault_.endless->after_chunks) repeat(framed(e), delay);
}

void event_stream::event(const stream_event& e, duration delay) {
    if (!ended_) append(e, delay);
}

void event_stream::no_more_chunks() {
    if (fault_.error_event) fail({});
    if (fault_.endless) beat();
}

void event_stream::fail(duration delay) {
    event(failure_(), delay);
    ended_ = true;
}

void event_stream::repeat(std::string bytes, duration delay) {
    if (!ended_) repeated_ = {{std::move(bytes), delay, true}};
    ended_ = true;
}

void event_stream::beat() {
    const auto wait = static_cast<std::int64_t>(fault_.endless->every_ms * 1e6);
    repeat(heartbeat_.empty() ? comment("still working") : heartbeat_, duration(wait));
}

void event_stream::append(const stream_event& e, duration delay) {
    const bool commented =
        format_ == stream_format::events || format_ == stream_format::named_events;
    std::string bytes;
    if (fault_.comments && commented) bytes += comment("the server is working");
    bytes += framed(e);
    pieces_.push_back({std::move(bytes), delay, false});
}

std::string event_stream::framed(const stream_event& e) const {
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

// White space before the JSON: in one line, or in as many as only the whole event is too large.
std::string event_stream::padding() const {
    constexpr std::size_t short_line = 1000;
    if (!fault_.oversize) return "";
    const std::size_t amount = fault_.oversize->amount;
    const bool one_line = fault_.oversize->what == oversize::kind::line;
    if (!one_line && fault_.oversize->what != oversize::kind::event) return "";
    if (one_line || format_ == stream_format::lines || format_ == stream_format::list)
        return std::string(amount, ' ');
    std::string text;
    while (text.size() < amount) text.append(short_line, ' ').append(line_end()).append("data: ");
    return text;
}

std::string event_stream::comment(std::string_view text) const {
    if (format_ == stream_format::lines) return std::string(line_end());
    if (format_ == stream_format::list) return " ";
    return std::string(": ").append(text).append(line_end()).append(line_end());
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
    if (format_ == stream_format::list && !fault_.without_done && repeated_.empty())
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
    r.repeated = std::move(repeated_);
    return r;
}

std::string spoilt_payload(const std::string& data, payload_fault::kind what) {
    constexpr std::size_t levels = 100'000;
    switch (what) {
        case payload_fault::kind::not_json: return data.substr(0, data.size() / 2);
        case payload_fault::kind::deep: return std::string(levels, '[') + std::string(levels, ']');
        case payload_fault::kind::huge_number:
            return data.starts_with('{') ? R"({"huge":1e999,)" + data.substr(1) : "1e999";
        case payload_fault::kind::wrong_types: break;
    }
    return R"({"type":7,"choices":"none","candidates":3,"message":[5],"delta":1,"response":"x",)"
           R"("output":4,"content":6,"done":"maybe"})";
}

}  // namespace riva::llm::scripted
