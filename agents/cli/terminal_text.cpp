#include "terminal_text.hpp"

#include <riva/runtime/utf8.hpp>

#include <array>
#include <cstdio>

namespace riva::cli {
namespace {

bool is_harmless(char32_t code) {
    if (code == '\n' || code == '\t') return true;
    if (is_control(code)) return false;
    const bool bidirectional =
        (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
    const bool invisible = (code >= 0x200B && code <= 0x200F) || code == 0xFEFF ||
                           (code >= 0xE0000 && code <= 0xE007F);
    return !bidirectional && !invisible;
}

}  // namespace

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::array<char, 16> escape{};
    while (!text.empty()) {
        const std::string_view before = text;
        const auto code = next_code_point(text);
        if (!code) {
            std::snprintf(
                escape.data(), escape.size(), "\\x%02x", static_cast<unsigned char>(text.front())
            );
            out += escape.data();
            text.remove_prefix(1);
        } else if (is_harmless(*code)) {
            out += before.substr(0, before.size() - text.size());
        } else {
            std::snprintf(
                escape.data(),
                escape.size(),
                *code < 0x100 ? "\\x%02x" : "\\u%04x",
                static_cast<unsigned>(*code)
            );
            out += escape.data();
        }
    }
    return out;
}

std::string first_line(std::string_view text, std::size_t most) {
    std::string line = printable(text.substr(0, text.find('\n')));
    if (line.size() <= most) return line;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
    return line.substr(0, end) + "...";
}

}  // namespace riva::cli
