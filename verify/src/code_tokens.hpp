#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace riva::verify {

/// Languages whose tokens are alike.
enum class code_family { python, c, cpp, javascript };

/// The family of a file by the ending of its path; nothing for all others.
std::optional<code_family> family_of(std::string_view path);

/// A piece of source code. Comments, blanks and lines for the preprocessor are none.
struct code_token {
    enum class kind { word, number, text, operation };

    enum kind kind = kind::word;
    std::string_view text;   ///< of the content
    std::size_t offset = 0;  ///< in the content
    std::size_t line = 1;    ///< in which it begins, from 1
};

/// Whether a value could end with this token, so that an operator after it has two operands.
bool ends_operand(const code_token& token);

/// Takes source code apart. Literals of text are single tokens, whatever is embedded in them, but
/// for the code in templates of JavaScript. Nothing if a literal or a comment has no end, or if the
/// content is no text. Linear. Lifetime: the tokens refer to `content`.
std::optional<std::vector<code_token>> tokenise(std::string_view content, code_family family);

}  // namespace riva::verify
