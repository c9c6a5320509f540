#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace riva::llm {

/// What stands at the front of a text: a code point, or one byte that belongs to none.
struct code_point {
    char32_t value = 0;
    std::size_t length = 1;  ///< in bytes
    bool valid = false;
};

/// `text` must not be empty. Overlong forms, surrogates and values above U+10FFFF are not valid.
code_point first_code_point(std::string_view text);

std::size_t count_code_points(std::string_view text);

/// Text of a stranger for one line of a message: control and bidirectional characters and broken
/// UTF-8 escaped, cut with `...` after `limit` characters.
std::string printable(std::string_view text, std::size_t limit = 300);

/// Appends `text` as a JSON string with its quotes. Broken UTF-8 becomes U+FFFD, because a server
/// would refuse the whole request for it.
void append_json_string(std::string& out, std::string_view text);

}  // namespace riva::llm
