#include "utf8.hpp"

#include "plain_text.hpp"

#include <riva/runtime/utf8.hpp>

namespace riva::llm {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";

bool must_be_escaped(char32_t c) {
    return is_control(c) || (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
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
    std::string_view rest = text;
    const auto value = next_code_point(rest);
    return value ? code_point{*value, text.size() - rest.size(), true} : code_point{};
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
        const std::size_t plain = plain_length(text);
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
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
