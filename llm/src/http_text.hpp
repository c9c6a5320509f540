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
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

/// Which bytes may stand in a token of RFC 9110, and which in the value of a field.
struct byte_classes {
    std::array<bool, 256> token{};
    std::array<bool, 256> value{};

    constexpr byte_classes() {
        for (const unsigned char c : std::string_view("!#$%&'*+-.^_`|~")) token[c] = true;
        for (unsigned c = 0; c < 256; ++c) {
            const auto letter = static_cast<unsigned char>(lower(static_cast<char>(c)));
            token[c] = token[c] || (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9');
            value[c] = c == '\t' || (c >= 0x20 && c != 0x7f);
        }
    }
};
inline constexpr byte_classes http_bytes;

/// A token of RFC 9110: what names of fields and methods are made of.
inline bool is_token(std::string_view text) {
    for (const char c : text)
        if (!http_bytes.token[static_cast<unsigned char>(c)]) return false;
    return !text.empty();
}

/// No control characters but tabs: cannot end a line of a header.
inline bool is_field_value(std::string_view text) {
    for (const char c : text)
        if (!http_bytes.value[static_cast<unsigned char>(c)]) return false;
    return true;
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
