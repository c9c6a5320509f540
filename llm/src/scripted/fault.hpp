#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace riva::llm::scripted {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// A response that is no answer of a model.
struct http_fault {
    unsigned status = 500;
    header_list headers;
    std::optional<std::string> body;  ///< none: the error object that goes with the status
};

/// An error object that ends a stream.
struct error_event {
    std::size_t after_chunks = 0;
    std::string body;  ///< JSON; empty: what the wire format says when it is overloaded
};

/// The response stops in its middle.
struct break_off {
    enum class way { close, reset, stall };
    enum class place {
        body,   ///< bytes of the body are counted, and chunks are whole
        head,   ///< bytes are counted from the status line on
        chunk,  ///< as `body`, but the last chunk promises the bytes that are missing
    };
    way how = way::close;
    std::size_t after_bytes = 0;
    place in = place::body;
};

/// A stream that never ends.
struct endless_stream {
    enum class kind { tokens, heartbeats };
    kind what = kind::tokens;
    std::size_t after_chunks = 0;
    double every_ms = 1000;  ///< between heartbeats
};

/// An event or a whole answer that is not what it should be.
struct payload_fault {
    enum class kind {
        not_json,     ///< half of it
        wrong_types,  ///< an object whose members all have the wrong types
        deep,         ///< lists in lists, 100,000 times
        huge_number,  ///< one that fits no type, beside what was scripted
    };
    kind what = kind::not_json;
    std::size_t after_chunks = 0;
};

/// Something that is absurdly large.
struct oversize {
    enum class kind { header, fields, line, event, trailer, chunk_extension };
    kind what = kind::header;
    std::size_t amount = 0;  ///< bytes; header fields for `fields`
};

/// Header fields that contradict each other, or the body, about its length.
enum class framing_fault {
    none,
    length_and_chunks,
    two_lengths,
    length_list,
    short_length,
    folded
};
enum class content_fault { none, null, empty, not_json, fenced, bad_utf8 };
/// What is wrong with the calls of tools.
enum class call_fault { none, no_index, no_id, same_index, truncated };
enum class line_end { lf, crlf, cr };

/// Everything that a response can do wrong, or right in an unusual way.
struct fault {
    double chance = 1;  ///< share of the requests that it happens to
    std::optional<http_fault> http;
    std::string wire;  ///< not empty: exactly these bytes instead of a response
    std::optional<scripted::error_event> error_event;
    std::optional<scripted::break_off> break_off;
    std::optional<endless_stream> endless;
    std::optional<payload_fault> payload;
    std::optional<scripted::oversize> oversize;
    framing_fault framing = framing_fault::none;
    content_fault content = content_fault::none;
    call_fault calls = call_fault::none;
    scripted::line_end line_end = scripted::line_end::lf;
    std::string encoding;         ///< what the body claims to be encoded in
    std::size_t interim = 0;      ///< 100 Continue before the response
    double bytes_per_second = 0;  ///< each byte alone, so fast; 0: at once
    bool byte_order_mark = false;
    bool comments = false;    ///< a comment before each event of a stream
    bool split_utf8 = false;  ///< characters of several bytes arrive in two pieces
    bool one_byte_writes = false;
    bool without_finish = false;  ///< no finish_reason
    bool without_done = false;    ///< no [DONE]
};

}  // namespace riva::llm::scripted
