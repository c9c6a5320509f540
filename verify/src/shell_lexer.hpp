#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::verify {

/// A word or an operator of a shell line.
struct shell_token {
    enum class kind { word, operation, here_document };

    enum kind kind = kind::word;
    std::string text;      ///< quotes removed; an expansion stays as it is written
    bool quoted = false;   ///< some of it was quoted, so it is no keyword
    bool dynamic = false;  ///< holds an expansion whose value is not known
    bool globbed = false;  ///< holds an unquoted `*`, `?` or `[`
};

/// A line taken apart, and the texts of its command substitutions.
struct shell_tokens {
    std::vector<shell_token> tokens;
    std::vector<std::string> nested;
};

/// Splits a line as POSIX shells and bash do. Nothing if it is not valid, or holds something that
/// cannot be followed. Linear in the line for each level of nesting.
std::optional<shell_tokens> lex_shell(std::string_view line);

}  // namespace riva::verify
