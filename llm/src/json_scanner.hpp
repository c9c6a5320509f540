#pragma once

#include "json_depth.hpp"
#include "plain_text.hpp"

#include <riva/runtime/utf8.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace riva::llm {

/// Reads one JSON text (RFC 8259) from front to back and tells a handler what it holds, in order.
/// Builds nothing: texts are handed out where they stand, and only those with escapes are copied
/// first. Most bytes of an answer go through here, once.
///
/// The handler has on_object_begin, on_object_end, on_array_begin, on_array_end, on_key(text),
/// on_string(text, how it is written, with its quotes), on_int64, on_uint64 (for what is too
/// large for the former), on_double, on_bool and on_null. Texts are valid during the call. Each
/// returns false to end the scan.
///
/// Refuses broken UTF-8, halves of surrogate pairs, and what is nested deeper than `json_depth`.
template <class Handler>
class json_scanner {
public:
    explicit json_scanner(Handler& handler) : handler_(handler) {}

    /// True when the text is one JSON value and nothing else, and the handler took all of it.
    bool scan(std::string_view text);

    /// True when the text is one JSON string and nothing else; `read` is what it says, valid until
    /// the next scan.
    bool scan_string(std::string_view text, std::string_view& read);

    /// Why not; empty when the handler ended the scan.
    std::string_view complaint() const { return complaint_; }
    /// The byte where the scan ended.
    std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }

private:
    static constexpr std::string_view too_short = "it ends too early";

    bool refuse(std::string_view why) {
        complaint_ = why;
        return false;
    }
    bool in_object() const { return (objects_ & 1) != 0; }
    bool skip_blanks();
    bool next_is(char wanted);
    bool open(bool object);
    bool close();
    bool take_value();
    bool take_key();
    bool take_string();
    bool end_value();
    bool take_word(std::string_view word);
    bool take_text(std::string_view& text);
    bool take_odd_text(const char* begin, std::string_view& text);
    bool take_escape();
    bool take_unicode_escape();
    bool take_four_digits(std::uint32_t& value);
    bool take_code_point();
    bool take_number();
    bool take_digits();
    bool hand_out_number(std::string_view number, bool whole);
    std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }

    Handler& handler_;
    const char* begin_ = nullptr;
    const char* at_ = nullptr;
    const char* end_ = nullptr;
    std::size_t depth_ = 0;
    std::uint64_t objects_ = 0;  // the open containers, the innermost last: a set bit is an object
    std::string_view complaint_;
    std::string decoded_;  // the last text with escapes
};

template <class Handler>
bool json_scanner<Handler>::scan(std::string_view text) {
    begin_ = at_ = text.data();
    end_ = begin_ + text.size();
    depth_ = 0;
    complaint_ = {};
    do {
        if (!take_value() || !end_value()) return false;
    } while (depth_ > 0);
    return !skip_blanks() || refuse("more text after the value");
}

template <class Handler>
bool json_scanner<Handler>::scan_string(std::string_view text, std::string_view& read) {
    begin_ = at_ = text.data();
    end_ = begin_ + text.size();
    complaint_ = {};
    return text.starts_with('"') && take_text(read) && at_ == end_;
}

/// False at the end of the text.
template <class Handler>
bool json_scanner<Handler>::skip_blanks() {
    for (; at_ != end_; ++at_) {
        if (static_cast<unsigned char>(*at_) > ' ') return true;
        if (*at_ != ' ' && *at_ != '\n' && *at_ != '\r' && *at_ != '\t') return true;
    }
    return false;
}

template <class Handler>
bool json_scanner<Handler>::next_is(char wanted) {
    return skip_blanks() && *at_ == wanted;
}

template <class Handler>
bool json_scanner<Handler>::open(bool object) {
    if (depth_ == json_depth) return refuse("it is nested too deeply");
    ++depth_;
    objects_ = objects_ << 1 | (object ? 1 : 0);
    ++at_;
    return object ? handler_.on_object_begin() : handler_.on_array_begin();
}

template <class Handler>
bool json_scanner<Handler>::close() {
    if (!(in_object() ? handler_.on_object_end() : handler_.on_array_end())) return false;
    ++at_;
    --depth_;
    objects_ >>= 1;
    return true;
}

/// Up to the end of a scalar or of an empty container.
template <class Handler>
bool json_scanner<Handler>::take_value() {
    while (skip_blanks()) {
        switch (*at_) {
            case '{':
                if (!open(true)) return false;
                if (next_is('}')) return close();
                if (!take_key()) return false;
                break;
            case '[':
                if (!open(false)) return false;
                if (next_is(']')) return close();
                break;
            case '"': return take_string();
            case 't': return take_word("true") && handler_.on_bool(true);
            case 'f': return take_word("false") && handler_.on_bool(false);
            case 'n': return take_word("null") && handler_.on_null();
            default: return take_number();
        }
    }
    return refuse(too_short);
}

/// What may follow a value: the ends of containers, and the comma before the next value.
template <class Handler>
bool json_scanner<Handler>::end_value() {
    while (depth_ > 0) {
        if (!skip_blanks()) return refuse(too_short);
        if (*at_ == ',') {
            ++at_;
            return !in_object() || take_key();
        }
        if (*at_ != (in_object() ? '}' : ']')) return refuse("a comma or a bracket is missing");
        if (!close()) return false;
    }
    return true;
}

template <class Handler>
bool json_scanner<Handler>::take_key() {
    if (!next_is('"')) return refuse("a key is missing");
    std::string_view key;
    if (!take_text(key) || !handler_.on_key(key)) return false;
    if (!next_is(':')) return refuse("a colon is missing");
    ++at_;
    return true;
}

template <class Handler>
bool json_scanner<Handler>::take_string() {
    const char* begin = at_;
    std::string_view text;
    if (!take_text(text)) return false;
    return handler_.on_string(text, {begin, static_cast<std::size_t>(at_ - begin)});
}

template <class Handler>
bool json_scanner<Handler>::take_word(std::string_view word) {
    if (!rest().starts_with(word)) return refuse("syntax error");
    at_ += word.size();
    return true;
}

template <class Handler>
bool json_scanner<Handler>::take_text(std::string_view& text) {
    const char* begin = at_ + 1;
    const std::string_view left(begin, static_cast<std::size_t>(end_ - begin));
    const std::size_t plain = plain_length(left);
    at_ = begin + plain;
    if (plain == left.size() || *at_ != '"') return take_odd_text(begin, text);
    text = left.substr(0, plain);
    ++at_;
    return true;
}

// Not inlined: it would make the usual case slower.
template <class Handler>
[[gnu::noinline]] bool json_scanner<Handler>::take_odd_text(
    const char* begin, std::string_view& text
) {
    decoded_.assign(begin, at_);
    while (at_ != end_ && *at_ != '"') {
        if (!(*at_ == '\\' ? take_escape() : take_code_point())) return false;
        const std::string_view plain = rest().substr(0, plain_length(rest()));
        decoded_ += plain;
        at_ += plain.size();
    }
    if (at_ == end_) return refuse(too_short);
    text = decoded_;
    ++at_;
    return true;
}

template <class Handler>
bool json_scanner<Handler>::take_code_point() {
    if (static_cast<unsigned char>(*at_) < 0x20) return refuse("a control character in a string");
    std::string_view left = rest();
    if (!next_code_point(left)) return refuse("broken UTF-8");
    decoded_.append(at_, left.data());
    at_ = left.data();
    return true;
}

template <class Handler>
bool json_scanner<Handler>::take_escape() {
    if (++at_ == end_) return refuse(too_short);
    switch (*at_++) {
        case '"': decoded_ += '"'; return true;
        case '\\': decoded_ += '\\'; return true;
        case '/': decoded_ += '/'; return true;
        case 'b': decoded_ += '\b'; return true;
        case 'f': decoded_ += '\f'; return true;
        case 'n': decoded_ += '\n'; return true;
        case 'r': decoded_ += '\r'; return true;
        case 't': decoded_ += '\t'; return true;
        case 'u': return take_unicode_escape();
        default: return refuse("an unknown escape");
    }
}

template <class Handler>
bool json_scanner<Handler>::take_unicode_escape() {
    std::uint32_t c = 0;
    if (!take_four_digits(c)) return false;
    if (c >= 0xdc00 && c < 0xe000) return refuse("half of a surrogate pair");
    if (c >= 0xd800 && c < 0xdc00) {
        std::uint32_t low = 0;
        if (!rest().starts_with("\\u")) return refuse("half of a surrogate pair");
        at_ += 2;
        if (!take_four_digits(low)) return false;
        if (low < 0xdc00 || low >= 0xe000) return refuse("half of a surrogate pair");
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    const auto tail = [&](unsigned shift) { return static_cast<char>(0x80 | (c >> shift & 0x3f)); };
    if (c < 0x80)
        decoded_ += static_cast<char>(c);
    else if (c < 0x800)
        decoded_ += {static_cast<char>(0xc0 | c >> 6), tail(0)};
    else if (c < 0x10000)
        decoded_ += {static_cast<char>(0xe0 | c >> 12), tail(6), tail(0)};
    else
        decoded_ += {static_cast<char>(0xf0 | c >> 18), tail(12), tail(6), tail(0)};
    return true;
}

template <class Handler>
bool json_scanner<Handler>::take_four_digits(std::uint32_t& value) {
    const std::string_view digits = rest().substr(0, 4);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (read.ptr != digits.data() + 4) return refuse("a broken escape");
    at_ += 4;
    return true;
}

template <class Handler>
bool json_scanner<Handler>::take_digits() {
    const char* begin = at_;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
    return at_ != begin || refuse(at_ == end_ ? too_short : "syntax error");
}

template <class Handler>
bool json_scanner<Handler>::take_number() {
    const char* begin = at_;
    if (*at_ == '-') ++at_;
    const char* digits = at_;
    if (!take_digits()) return false;
    if (*digits == '0' && at_ - digits > 1) return refuse("a number with a leading zero");
    bool whole = true;
    if (at_ != end_ && *at_ == '.') {
        whole = false;
        ++at_;
        if (!take_digits()) return false;
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
        whole = false;
        ++at_;
        if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
        if (!take_digits()) return false;
    }
    return hand_out_number({begin, static_cast<std::size_t>(at_ - begin)}, whole);
}

/// Whether a number that no `double` comes near is below one: where the first digit that counts
/// stands, moved by the exponent.
inline bool is_tiny(std::string_view number) {
    const std::size_t e = std::min(number.find_first_of("eE"), number.size());
    const auto point = static_cast<std::int64_t>(std::min(number.find('.'), e));
    const auto first = static_cast<std::int64_t>(number.find_first_of("123456789"));
    std::string_view digits = number.substr(e);
    if (digits.empty()) return first > point;
    digits.remove_prefix(digits[1] == '+' ? 2 : 1);
    std::int64_t exponent = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (read.ec != std::errc()) return digits[0] == '-';
    return exponent < first - point;
}

template <class Handler>
bool json_scanner<Handler>::hand_out_number(std::string_view number, bool whole) {
    const char* end = number.data() + number.size();
    if (whole) {
        std::int64_t usual = 0;
        if (std::from_chars(number.data(), end, usual).ec == std::errc())
            return handler_.on_int64(usual);
        std::uint64_t large = 0;
        if (number[0] != '-' && std::from_chars(number.data(), end, large).ec == std::errc())
            return handler_.on_uint64(large);
    }
    double value = 0;
    const bool fits = std::from_chars(number.data(), end, value).ec == std::errc();
    if (!fits) value = is_tiny(number) ? 0 : std::numeric_limits<double>::infinity();
    return handler_.on_double(value);
}

}  // namespace riva::llm
