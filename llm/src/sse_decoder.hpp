#pragma once

#include <riva/runtime/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace riva::llm {

struct sse_limits {
    std::size_t line = 1u << 20;
    std::size_t event = 4u << 20;
};

/// An event of an event stream. The views are valid until the next call of the decoder.
struct sse_event {
    std::string_view type;  ///< empty unless the stream names one
    std::string_view data;
};

/// Decodes an event stream (WHATWG HTML, 9.2.6) that arrives in pieces of any size. The events are
/// the same however the bytes are cut. Events without data are not handed out; `id` and `retry` are
/// ignored.
///
/// Time is linear in the bytes. An event that lies within one piece is handed out in place; only
/// what is cut by the end of a piece is copied.
class sse_decoder {
public:
    explicit sse_decoder(sse_limits limits = {}) : limits_(limits) {}

    /// Gives the next piece, which must stay where it is until `next` has found nothing more in it.
    void feed(std::string_view piece);

    /// The next event, or nothing when the piece is used up.
    /// Errors: `errc::http_limit`; every later call fails the same way.
    result<std::optional<sse_event>> next();

    /// Call at the end of the stream: the event that was never ended by a blank line, if any. The
    /// specification discards it; a caller may look whether it is the terminal one.
    std::optional<sse_event> unfinished();

    /// Bytes looked at so far, counted as often as they were. Bounds the work in tests.
    std::uint64_t scanned() const { return scanned_; }

private:
    struct line_end {
        std::size_t at;
        bool found;
    };

    void skip_byte_order_mark();
    line_end find_line_end();
    std::optional<std::string_view> take_line();
    bool take_field(std::string_view line);
    void take_data(std::string_view value);
    void keep_data();
    std::optional<sse_event> dispatch();
    void forget_event();

    sse_limits limits_;
    std::string_view piece_;
    std::size_t at_ = 0;  // what of the piece is used up
    std::optional<std::size_t> feed_at_;  // the next line feed in the piece, or its size
    std::string line_;  // a line that began in an earlier piece
    std::string type_;
    std::string data_;  // data that cannot be handed out in place
    std::string_view in_place_;  // the only data line so far, inside the piece
    std::uint64_t scanned_ = 0;
    std::uint8_t mark_ = 0;  // bytes of the byte order mark seen; 3 once that is settled
    bool has_data_ = false;
    bool line_used_ = false;  // line_ holds a line that was dealt with
    bool after_return_ =
        false;  // a line feed that comes next belongs to the carriage return before
    bool handed_out_ = false;
    bool over_limit_ = false;
};

}  // namespace riva::llm
