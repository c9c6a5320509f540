#include "utf8.hpp"

#include <cstdint>

namespace riva::llm {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";

bool must_be_escaped(char32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200e && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void append_escaped(std::string& out, std::string_view bytes) {
    if (bytes == "\n") {
        out += "\\n";
    } else if (bytes == "\r") {
        out += "\\r";
    } else if (bytes == "\t") {
        out += "\\t";
    } else {
        for (const char each : bytes) {
            const auto byte = static_cast<unsigned char>(each);
            out += {'\\', 'x', hex_digits[byte >> 4], hex_digits[byte & 15]};
        }
    }
}

}  // namespace

code_point first_code_point(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return {lead, 1, true};
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {};
    auto value = static_cast<char32_t>(lead & (0x7fu >> length));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return {};
        value = (value << 6) | (byte(i) & 0x3fu);
    }
    const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    if (overlong || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return {};
    return {value, length, true};
}

std::size_t count_code_points(std::string_view text) {
    std::size_t count = 0;
    for (; !text.empty(); ++count) text.remove_prefix(first_code_point(text).length);
    return count;
}

std::string printable(std::string_view text, std::size_t limit) {
    std::string out;
    for (std::size_t count = 0; !text.empty(); ++count) {
        if (count == limit) return out + "...";
        const code_point next = first_code_point(text);
        const std::string_view bytes = text.substr(0, next.length);
        if (!next.valid || must_be_escaped(next.value))
            append_escaped(out, bytes);
        else
            out += bytes;
        text.remove_prefix(next.length);
    }
    return out;
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const code_point next = first_code_point(text);
        if (!next.valid) {
            out += "\xef\xbf\xbd";
        } else if (next.value == '"' || next.value == '\\') {
            out += {'\\', static_cast<char>(next.value)};
        } else if (next.value == '\n') {
            out += "\\n";
        } else if (next.value < 0x20) {
            out += "\\u00";
            out += {hex_digits[next.value >> 4], hex_digits[next.value & 15]};
        } else {
            out += text.substr(0, next.length);
        }
        text.remove_prefix(next.length);
    }
    out += '"';
}

}  // namespace riva::llm
