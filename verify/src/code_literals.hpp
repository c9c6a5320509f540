#pragma once

#include <cstddef>
#include <string_view>

/// Where literals of text end. Each function takes the offset of the opening character and returns
/// the offset after the literal, or `npos` if it has no end.
namespace riva::verify {

/// Of Python, with one quote or three. `formatted`: of an f-string, whose braces hold code.
std::size_t end_of_python_text(std::string_view content, std::size_t at, bool formatted);

/// In quotes that do not span lines, unless a backslash ends the line: of C and JavaScript.
std::size_t end_of_quoted(std::string_view content, std::size_t at);

/// R"delimiter(...)delimiter", from the quote.
std::size_t end_of_raw_text(std::string_view content, std::size_t at);

/// A regular expression of JavaScript with its flags.
std::size_t end_of_pattern(std::string_view content, std::size_t at);

/// A piece of a template of JavaScript, from ` or from the } after embedded code: it ends after `
/// or after ${.
std::size_t end_of_template(std::string_view content, std::size_t at);

/// A directive of the preprocessor, with the lines that continue it; ends before the newline.
std::size_t end_of_directive(std::string_view content, std::size_t at);

}  // namespace riva::verify
