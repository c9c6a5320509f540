#pragma once

#include <string>
#include <string_view>

namespace riva::cli {

/// Text from models and commands, made harmless for a terminal: control characters but newline and
/// tab, C1 controls and bidirectional overrides are written as escapes, invalid UTF-8 as `\xNN`.
std::string printable(std::string_view text);

/// The first line of a text, cut to `most` characters.
std::string first_line(std::string_view text, std::size_t most = 100);

}  // namespace riva::cli
