#include "terminal_text.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

namespace riva::cli {
namespace {

struct decoded {
    std::uint32_t code = 0;
    std::size_t length = 0;  // 0: not valid UTF-8
};

decoded decode(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    if (lead < 0x80) return {lead, 1};
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
    std::uint32_t code = lead & (0xFFu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xC0) != 0x80) return {};
        code = code << 6 | (byte & 0x3Fu);
    }
    static constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool valid =
        code >= least[length] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    return valid ? decoded{code, length} : decoded{};
}

bool is_harmless(std::uint32_t code) {
    if (code == '\n' || code == '\t') return true;
    if (code < 0x20 || (code >= 0x7F && code < 0xA0)) return false;
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
        const decoded next = decode(text);
        if (next.length == 0) {
            std::snprintf(
                escape.data(), escape.size(), "\\x%02x", static_cast<unsigned char>(text.front())
            );
            out += escape.data();
            text.remove_prefix(1);
            continue;
        }
        if (is_harmless(next.code)) {
            out.append(text.substr(0, next.length));
        } else {
            std::snprintf(
                escape.data(), escape.size(), next.code < 0x100 ? "\\x%02x" : "\\u%04x", next.code
            );
            out += escape.data();
        }
        text.remove_prefix(next.length);
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
