#include "http_parser.hpp"

#include "http_text.hpp"

#include <algorithm>
#include <cstring>

namespace riva::llm {
namespace {

constexpr std::uint64_t no_length = ~std::uint64_t{0};

error malformed(std::string what) {
    return {errc::http_malformed, "the server does not answer in clean HTTP: " + std::move(what)};
}

error over_limit(std::string_view what, std::uint64_t limit) {
    return {
        errc::http_limit,
        "the server's " + std::string(what) + " is over " + std::to_string(limit) + " bytes"
    };
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

result<http_parser::step> http_parser::feed(std::string_view input) {
    step done;
    if (where_ == place::header) {
        if (auto taken = take_header(input, done.consumed); !taken) return taken.error();
    } else if (where_ != place::end) {
        if (auto taken = take_body(input, done.consumed, done.body); !taken) return taken.error();
    }
    return done;
}

result<void> http_parser::close() {
    if (where_ == place::open_body) where_ = place::end;
    if (where_ == place::end) return {};
    return error{
        errc::connection_lost,
        where_ == place::header ? "the server closed the connection before it had answered"
                                : "the server closed the connection in the middle of its answer"
    };
}

std::string_view http_parser::header(std::string_view name) const {
    const std::string_view head = head_;
    for (const field& each : fields_)
        if (same_name(head.substr(each.name, each.name_end - each.name), name))
            return head.substr(each.value, each.value_end - each.value);
    return {};
}

result<void> http_parser::take_header(std::string_view input, std::size_t& at) {
    if (head_.empty()) {
        constexpr std::size_t usual_fields = 8;
        const std::size_t end = std::min(input.find("\r\n\r\n"), limits_.header_bytes);
        head_.reserve(std::min(end + 4, input.size()));
        fields_.reserve(usual_fields);
    }
    while (where_ == place::header && at < input.size()) {
        const void* feed = std::memchr(input.data() + at, '\n', input.size() - at);
        const std::size_t end =
            feed ? static_cast<std::size_t>(static_cast<const char*>(feed) - input.data()) + 1
                 : input.size();
        const std::size_t allowed = limits_.header_bytes - head_.size();
        head_ += input.substr(at, std::min(end - at, allowed));
        constexpr std::string_view version = "HTTP/1.";
        const auto begun = std::string_view(head_).substr(0, version.size());
        if (begun != version.substr(0, begun.size()))
            return malformed("it does not begin with HTTP/1.x (is this a TLS port?)");
        if (end - at > allowed) return over_limit("response header", limits_.header_bytes);
        at = end;
        if (!feed) break;
        if (auto taken = take_line(line_begin_, head_.size()); !taken) return taken;
    }
    return {};
}

result<void> http_parser::take_line(std::size_t begin, std::size_t end) {
    if (end - begin < 2 || head_[end - 2] != '\r') return malformed("a bare line feed");
    line_begin_ = end;
    end -= 2;
    if (status_ == 0) return take_status_line(std::string_view(head_).substr(begin, end - begin));
    if (begin == end) return end_header();
    return take_field(begin, end);
}

result<void> http_parser::take_status_line(std::string_view line) {
    const auto digit = [&](std::size_t i) { return line[i] >= '0' && line[i] <= '9'; };
    const bool shaped = line.size() >= 12 && (line[7] == '0' || line[7] == '1') && line[8] == ' ' &&
                        digit(9) && digit(10) && digit(11) &&
                        (line.size() == 12 || line[12] == ' ') && is_field_value(line);
    if (!shaped) return malformed("a broken status line");
    status_ = static_cast<unsigned>((line[9] - '0') * 100 + (line[10] - '0') * 10 + line[11] - '0');
    old_version_ = line[7] == '0';
    if (status_ < 100 || status_ > 599)
        return malformed("status " + std::to_string(status_) + " does not exist");
    return {};
}

result<void> http_parser::take_field(std::size_t begin, std::size_t end) {
    const auto line = std::string_view(head_).substr(begin, end - begin);
    if (line[0] == ' ' || line[0] == '\t') return malformed("a folded header line");
    const std::size_t colon = line.find(':');
    if (colon == line.npos || !is_token(line.substr(0, colon)) ||
        !is_field_value(line.substr(colon)))
        return malformed("a broken header field");
    if (fields_.size() == limits_.header_fields)
        return error{
            errc::http_limit,
            "the server's response header has more than " + std::to_string(limits_.header_fields) +
                " fields"
        };
    const std::string_view value = trimmed(line.substr(colon + 1));
    const auto from = value.empty() ? end : static_cast<std::size_t>(value.data() - head_.data());
    fields_.push_back(
        {static_cast<std::uint32_t>(begin),
         static_cast<std::uint32_t>(begin + colon),
         static_cast<std::uint32_t>(from),
         static_cast<std::uint32_t>(from + value.size())}
    );
    return {};
}

result<void> http_parser::end_header() {
    if (status_ >= 200) return choose_framing();
    if (status_ == 101) return malformed("it switches to another protocol (101)");
    if (++interim_ > limits_.interim_responses)
        return error{errc::http_limit, "the server sends interim responses (1xx) without end"};
    head_.clear();
    fields_.clear();
    line_begin_ = 0;
    status_ = 0;
    return {};
}

result<void> http_parser::read_content_length(bool& present) {
    present = false;
    const std::string_view head = head_;
    for (const field& each : fields_) {
        if (!same_name(head.substr(each.name, each.name_end - each.name), "content-length"))
            continue;
        const std::string_view text = head.substr(each.value, each.value_end - each.value);
        std::uint64_t length = 0;
        for (const char c : text) {
            if (c < '0' || c > '9') return malformed("a Content-Length that is no number");
            length = length * 10 + static_cast<unsigned>(c - '0');
        }
        if (text.empty() || text.size() > 18) return malformed("a Content-Length out of range");
        if (present && length != remaining_) return malformed("two different Content-Lengths");
        present = true;
        remaining_ = length;
    }
    return {};
}

result<void> http_parser::choose_framing() {
    bool sized = false;
    if (auto read = read_content_length(sized); !read) return read;
    const std::string_view head = head_;
    int codings = 0;
    bool close_asked = false;
    for (const field& each : fields_) {
        const auto name = head.substr(each.name, each.name_end - each.name);
        const auto value = head.substr(each.value, each.value_end - each.value);
        if (same_name(name, "connection") && lists_token(value, "close")) close_asked = true;
        if (!same_name(name, "transfer-encoding")) continue;
        if (++codings > 1 || !same_name(value, "chunked") || old_version_)
            return malformed("a transfer coding other than chunked");
    }
    if (codings != 0 && sized) return malformed("both Content-Length and Transfer-Encoding");
    keep_alive_ = !old_version_ && !close_asked;

    const bool bodiless = head_request_ || status_ == 204 || status_ == 304;
    if (status_ == 204 && (codings != 0 || (sized && remaining_ != 0)))
        return malformed("a body after status 204");
    if (bodiless || (sized && remaining_ == 0)) {
        where_ = place::end;
    } else if (codings != 0) {
        where_ = place::chunk_size;
    } else if (sized) {
        if (remaining_ > limits_.body_bytes) return over_limit("body", limits_.body_bytes);
        where_ = place::fixed_body;
    } else {
        remaining_ = no_length;
        keep_alive_ = false;
        where_ = place::open_body;
    }
    return {};
}

result<void> http_parser::take_body(
    std::string_view input, std::size_t& at, std::string_view& body
) {
    while (at < input.size() && where_ != place::end) {
        const bool in_data = where_ == place::fixed_body || where_ == place::open_body ||
                             where_ == place::chunk_data;
        if (!in_data) {
            if (take_usual_chunk_line(input, at)) continue;
            if (auto taken = take_framing(input[at]); !taken) return taken;
            ++at;
            continue;
        }
        const auto size =
            static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, input.size() - at));
        body = input.substr(at, size);
        at += size;
        body_total_ += size;
        if (body_total_ > limits_.body_bytes) return over_limit("body", limits_.body_bytes);
        if (where_ != place::open_body) remaining_ -= size;
        if (remaining_ == 0)
            where_ = where_ == place::chunk_data ? place::chunk_return : place::end;
        break;
    }
    return {};
}

// A stream of answers comes in chunks of a few hundred bytes or less: going through the lines
// between them byte by byte would cost as much as reading the answer.
bool http_parser::take_usual_chunk_line(std::string_view input, std::size_t& at) {
    constexpr std::string_view line_end = "\r\n";
    constexpr std::size_t most_digits = 8;
    std::string_view rest = input.substr(at);
    if (where_ == place::chunk_return) {
        if (!rest.starts_with(line_end)) return false;
        rest.remove_prefix(line_end.size());
    } else if (where_ != place::chunk_size || size_seen_) {
        return false;
    }
    std::uint64_t size = 0;
    std::size_t digits = 0;
    for (; digits < std::min(rest.size(), most_digits); ++digits) {
        const int digit = hex_value(rest[digits]);
        if (digit < 0) break;
        size = size * 16 + static_cast<unsigned>(digit);
    }
    rest.remove_prefix(digits);
    const bool usual = size > 0 && digits <= limits_.chunk_line && rest.starts_with(line_end);
    if (!usual || body_total_ + size > limits_.body_bytes) return false;
    at = input.size() - rest.size() + line_end.size();
    remaining_ = size;
    where_ = place::chunk_data;
    return true;
}

result<void> http_parser::take_framing(char byte) {
    switch (where_) {
        case place::chunk_size: return take_size_byte(byte);
        case place::chunk_extension: return take_extension_byte(byte);
        case place::chunk_size_feed:
            if (byte != '\n') return malformed("a chunk line without line feed");
            return end_chunk_line();
        case place::chunk_return: return expect(byte, '\r', place::chunk_feed);
        case place::chunk_feed: return expect(byte, '\n', place::chunk_size);
        case place::last_feed: return expect(byte, '\n', place::end);
        default: return take_trailer_byte(byte);
    }
}

result<void> http_parser::expect(char byte, char wanted, place next) {
    if (byte != wanted) return malformed("a chunk that is longer than it says");
    where_ = next;
    return {};
}

result<void> http_parser::take_size_byte(char byte) {
    const int digit = hex_value(byte);
    if (digit >= 0) {
        if (remaining_ >> 56 != 0) return malformed("a chunk size out of range");
        remaining_ = remaining_ * 16 + static_cast<unsigned>(digit);
        size_seen_ = true;
        if (++line_bytes_ > limits_.chunk_line) return over_limit("chunk line", limits_.chunk_line);
        return {};
    }
    if (!size_seen_ || (byte != ';' && byte != ' ' && byte != '\t' && byte != '\r'))
        return malformed("a chunk size that is no number");
    where_ = place::chunk_extension;
    return take_extension_byte(byte);
}

result<void> http_parser::take_extension_byte(char byte) {
    if (byte == '\r') {
        where_ = place::chunk_size_feed;
        return {};
    }
    if (!is_field_value({&byte, 1})) return malformed("a control character in a chunk line");
    if (++line_bytes_ > limits_.chunk_line) return over_limit("chunk line", limits_.chunk_line);
    if (++extension_bytes_ > limits_.chunk_extensions)
        return over_limit("sum of chunk extensions", limits_.chunk_extensions);
    return {};
}

result<void> http_parser::end_chunk_line() {
    size_seen_ = false;
    line_bytes_ = 0;
    if (body_total_ + remaining_ > limits_.body_bytes)
        return over_limit("body", limits_.body_bytes);
    where_ = remaining_ == 0 ? place::trailer_start : place::chunk_data;
    return {};
}

result<void> http_parser::take_trailer_byte(char byte) {
    if (++line_bytes_ > limits_.trailer_bytes) return over_limit("trailer", limits_.trailer_bytes);
    if (where_ == place::trailer_feed) return expect(byte, '\n', place::trailer_start);
    if (byte == '\r') {
        where_ = where_ == place::trailer_start ? place::last_feed : place::trailer_feed;
        return {};
    }
    const bool folded = where_ == place::trailer_start && (byte == ' ' || byte == '\t');
    if (folded || !is_field_value({&byte, 1})) return malformed("a broken trailer");
    where_ = place::trailer;
    return {};
}

}  // namespace riva::llm
