#include "sse_decoder.hpp"

#include <riva/llm/error.hpp>

#include <cstring>

namespace riva::llm {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::size_t kept_capacity = 4096;

void clear_and_shrink(std::string& text) {
    if (text.capacity() > kept_capacity)
        std::string().swap(text);
    else
        text.clear();
}

std::size_t find_byte(std::string_view text, std::size_t from, std::size_t to, char byte) {
    const void* hit = from < to ? std::memchr(text.data() + from, byte, to - from) : nullptr;
    return hit ? static_cast<std::size_t>(static_cast<const char*>(hit) - text.data()) : to;
}

}  // namespace

void sse_decoder::feed(std::string_view piece) {
    piece_ = piece;
    at_ = 0;
    feed_at_.reset();
}

result<std::optional<sse_event>> sse_decoder::next() {
    if (handed_out_) forget_event();
    while (!over_limit_) {
        const auto line = take_line();
        if (!line) break;
        if (!line->empty()) {
            over_limit_ = !take_field(*line);
        } else if (const auto event = dispatch()) {
            return event;
        }
    }
    if (over_limit_)
        return error{
            errc::http_limit,
            "the event stream has a line over " + std::to_string(limits_.line) +
                " bytes or an event over " + std::to_string(limits_.event) + " bytes"
        };
    keep_data();
    return std::optional<sse_event>();
}

std::optional<sse_event> sse_decoder::unfinished() {
    if (handed_out_) forget_event();
    if (over_limit_) return std::nullopt;
    if (!line_used_ && !line_.empty() && !take_field(line_)) return std::nullopt;
    return dispatch();
}

void sse_decoder::skip_byte_order_mark() {
    while (mark_ < byte_order_mark.size() && at_ < piece_.size()) {
        if (piece_[at_] == byte_order_mark[mark_]) {
            ++at_;
            ++mark_;
        } else {
            line_.append(byte_order_mark.substr(0, mark_));
            mark_ = byte_order_mark.size();
        }
    }
}

// The line feed is looked for once and remembered, so that a piece with carriage returns only is
// not searched to its end for every line.
sse_decoder::line_end sse_decoder::find_line_end() {
    if (!feed_at_ || *feed_at_ < at_) {
        feed_at_ = find_byte(piece_, at_, piece_.size(), '\n');
        scanned_ += *feed_at_ - at_;
    }
    const std::size_t end = find_byte(piece_, at_, *feed_at_, '\r');
    scanned_ += end - at_;
    return {end, end < piece_.size()};
}

std::optional<std::string_view> sse_decoder::take_line() {
    if (line_used_) {
        clear_and_shrink(line_);
        line_used_ = false;
    }
    skip_byte_order_mark();
    if (at_ < piece_.size() && after_return_) {
        after_return_ = false;
        if (piece_[at_] == '\n') ++at_;
    }
    if (at_ >= piece_.size()) return std::nullopt;

    const line_end end = find_line_end();
    const std::string_view part = piece_.substr(at_, end.at - at_);
    if (line_.size() + part.size() > limits_.line) {
        over_limit_ = true;
        return std::nullopt;
    }
    at_ = end.at + end.found;
    if (end.found) after_return_ = piece_[end.at] == '\r';
    if (end.found && line_.empty()) return part;
    line_ += part;
    line_used_ = end.found;
    if (!end.found) return std::nullopt;
    return line_;
}

bool sse_decoder::take_field(std::string_view line) {
    const std::size_t colon = find_byte(line, 0, line.size(), ':');
    scanned_ += colon;
    const std::string_view name = line.substr(0, colon);
    std::string_view value = colon < line.size() ? line.substr(colon + 1) : std::string_view();
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "event") type_ = value;
    if (name == "data") take_data(value);
    return data_.size() + in_place_.size() <= limits_.event;
}

void sse_decoder::take_data(std::string_view value) {
    const bool cut = line_used_ || !line_.empty();
    if (!has_data_ && !cut) {
        in_place_ = value;
    } else {
        keep_data();
        if (has_data_) data_ += '\n';
        data_ += value;
    }
    has_data_ = true;
}

void sse_decoder::keep_data() {
    data_ += in_place_;
    in_place_ = {};
}

std::optional<sse_event> sse_decoder::dispatch() {
    const std::string_view data = in_place_.empty() ? std::string_view(data_) : in_place_;
    if (data.empty()) {
        forget_event();
        return std::nullopt;
    }
    handed_out_ = true;
    return sse_event{type_, data};
}

void sse_decoder::forget_event() {
    clear_and_shrink(type_);
    clear_and_shrink(data_);
    in_place_ = {};
    has_data_ = false;
    handed_out_ = false;
}

}  // namespace riva::llm
