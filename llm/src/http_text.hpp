#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace riva::llm {

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Compares ASCII without case.
inline bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

inline std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    const auto first = text.find_first_not_of(blank);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// Which bytes may stand in a token of RFC 9110.
struct byte_classes {
    std::array<bool, 256> token{};

    constexpr byte_classes() {
        for (const unsigned char c : std::string_view("!#$%&'*+-.^_`|~")) token[c] = true;
        for (unsigned c = 0; c < 256; ++c) {
            const auto letter = static_cast<unsigned char>(lower(static_cast<char>(c)));
            token[c] = token[c] || (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9');
        }
    }
};
inline constexpr byte_classes http_bytes;

/// A token of RFC 9110: what names of fields and methods are made of.
inline bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return http_bytes.token[static_cast<unsigned char>(c)];
    });
}

/// No control characters but tabs: cannot end a line of a header. Looks at every byte in any case,
/// which compilers turn into steps of many bytes.
inline bool is_field_value(std::string_view text) {
    bool broken = false;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        broken |= (byte < 0x20 && byte != '\t') || byte == 0x7f;
    }
    return !broken;
}

/// True if a comma-separated list has the token, compared without case.
inline bool lists_token(std::string_view list, std::string_view token) {
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        if (same_name(trimmed(list.substr(0, comma)), token)) return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

}  // namespace riva::llm
