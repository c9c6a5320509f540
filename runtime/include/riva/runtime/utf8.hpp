#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace riva {

/// Takes the first code point off `rest`; nothing when the bytes there are no UTF-8 (overlong
/// forms, surrogates and values above U+10FFFF are not), and `rest` stays as it is. `rest` must not
/// be empty.
std::optional<char32_t> next_code_point(std::string_view& rest);

bool is_utf8(std::string_view text);

/// The text with every byte that is no UTF-8 replaced by U+FFFD.
std::string to_utf8(std::string_view bytes);

/// C0, DEL and C1 control characters.
constexpr bool is_control(char32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

}  // namespace riva
