#include <riva/runtime/utf8.hpp>

#include <cstddef>

namespace riva {

std::optional<char32_t> next_code_point(std::string_view& rest) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
    const unsigned char first = byte(0);
    std::size_t length = 1;
    char32_t c = first;
    char32_t smallest = 0;
    if (first >= 0xf0 && first < 0xf8) {
        length = 4;
        c = first & 0x07;
        smallest = 0x10000;
    } else if (first >= 0xe0 && first < 0xf0) {
        length = 3;
        c = first & 0x0f;
        smallest = 0x800;
    } else if (first >= 0xc0 && first < 0xe0) {
        length = 2;
        c = first & 0x1f;
        smallest = 0x80;
    } else if (first >= 0x80) {
        return std::nullopt;
    }
    if (rest.size() < length) return std::nullopt;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
        c = c << 6 | (byte(i) & 0x3f);
    }
    if (c < smallest || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return std::nullopt;
    rest.remove_prefix(length);
    return c;
}

bool is_utf8(std::string_view text) {
    while (!text.empty())
        if (!next_code_point(text)) return false;
    return true;
}

std::string to_utf8(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        const std::string_view before = bytes;
        if (next_code_point(bytes)) {
            text += before.substr(0, before.size() - bytes.size());
        } else {
            text += "\xef\xbf\xbd";
            bytes.remove_prefix(1);
        }
    }
    return text;
}

}  // namespace riva
