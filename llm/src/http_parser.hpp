#pragma once

#include <riva/llm/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace riva::llm {

struct http_parser_limits {
    std::size_t header_bytes = 16 * 1024;
    std::size_t header_fields = 100;
    std::uint64_t body_bytes = 64u << 20;
    std::size_t chunk_line = 8 * 1024;
    std::size_t chunk_extensions = 64 * 1024;  ///< of the whole body
    std::size_t trailer_bytes = 8 * 1024;
    int interim_responses = 8;  ///< 1xx
};

/// Parses one HTTP/1.x response (RFC 9112) that arrives in pieces of any size, without I/O. Takes
/// the same decisions however the bytes are cut.
///
/// Stricter than the RFC where two readings are possible: refuses Content-Length beside
/// Transfer-Encoding, lists and differing values of Content-Length, transfer codings other than
/// `chunked`, folded lines, bare line feeds, a body after 204 and 101. Interim responses are
/// skipped, trailers checked and dropped. Nothing is allocated once the header is complete.
class http_parser {
public:
    struct step {
        std::size_t consumed = 0;
        std::string_view body;  ///< part of the input
    };

    explicit http_parser(http_parser_limits limits = {}, bool head_request = false)
        : limits_(limits), head_request_(head_request) {}

    /// The response is one to HEAD. Call before the first byte.
    void expect_no_body() { head_request_ = true; }

    /// Takes bytes until the header is complete, a piece of the body was found, the message ends,
    /// or the input is used up. Errors: http_malformed, http_limit; call nothing but `header` and
    /// `status` afterwards.
    result<step> feed(std::string_view input);

    /// The peer closed. Errors: connection_lost when the message is not complete.
    result<void> close();

    bool header_complete() const { return where_ > place::header; }
    bool complete() const { return where_ == place::end; }
    /// The connection can carry another message; meaningful when complete.
    bool keeps_connection() const { return keep_alive_ && where_ == place::end; }

    unsigned status() const { return status_; }
    /// Value of the first field of that name, compared without case; empty if there is none.
    std::string_view header(std::string_view name) const;
    /// Frees the fields of a complete header; `header` finds none of them any more.
    void drop_header() {
        std::string().swap(head_);
        std::vector<field>().swap(fields_);
    }

private:
    enum class place : std::uint8_t {
        header,
        fixed_body,
        open_body,
        chunk_size,
        chunk_extension,
        chunk_size_feed,
        chunk_data,
        chunk_return,
        chunk_feed,
        trailer_start,
        trailer,
        trailer_feed,
        last_feed,
        end,
    };

    struct field {
        std::uint32_t name, name_end, value, value_end;  // places in head_
    };

    result<void> take_header(std::string_view input, std::size_t& at);
    result<void> take_line(std::size_t begin, std::size_t end);
    result<void> take_status_line(std::string_view line);
    result<void> take_field(std::size_t begin, std::size_t end);
    result<void> end_header();
    result<void> choose_framing();
    result<void> read_content_length(bool& present);
    result<void> take_body(std::string_view input, std::size_t& at, std::string_view& body);
    /// What stands between two chunks in one step, when it lies in the input whole and is nothing
    /// but a size; otherwise false, and nothing has changed.
    bool take_usual_chunk_line(std::string_view input, std::size_t& at);
    result<void> take_framing(char byte);
    result<void> take_size_byte(char byte);
    result<void> take_extension_byte(char byte);
    result<void> take_trailer_byte(char byte);
    result<void> expect(char byte, char wanted, place next);
    result<void> end_chunk_line();

    http_parser_limits limits_;
    std::string head_;
    std::vector<field> fields_;
    std::size_t line_begin_ = 0;
    std::uint64_t remaining_ = 0;  // of the body or of the chunk
    std::uint64_t body_total_ = 0;
    std::size_t line_bytes_ = 0;  // of the chunk line, or of the trailers
    std::size_t extension_bytes_ = 0;
    int interim_ = 0;
    unsigned status_ = 0;
    place where_ = place::header;
    bool head_request_ = false;
    bool old_version_ = false;
    bool keep_alive_ = false;
    bool size_seen_ = false;
};

}  // namespace riva::llm
