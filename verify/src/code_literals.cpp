#include "code_literals.hpp"

#include <string>

namespace riva::verify {
namespace {

constexpr std::size_t npos = std::string_view::npos;

bool is(std::string_view content, std::size_t at, std::string_view text) {
    return content.substr(at, text.size()) == text;
}

bool is_formatted(std::string_view content, std::size_t quote) {
    for (std::size_t back = 1; back <= 2 && back <= quote; ++back) {
        const char c = content[quote - back];
        if (c == 'f' || c == 'F') return true;
        if (c != 'r' && c != 'R') return false;
    }
    return false;
}

/// From after a brace of an f-string to after the brace that closes it. The depth of what is
/// embedded in one another is bounded.
// NOLINTNEXTLINE(misc-no-recursion)
std::size_t end_of_braces(std::string_view content, std::size_t at, int nested);

// NOLINTNEXTLINE(misc-no-recursion)
std::size_t end_of_string(std::string_view content, std::size_t at, bool formatted, int nested) {
    const char quote = content[at];
    const std::string three(3, quote);
    const std::string end = is(content, at, three) ? three : std::string(1, quote);
    std::size_t i = at + end.size();
    while (i < content.size()) {
        if (content[i] == '\\') {
            i += 2;
        } else if (is(content, i, end)) {
            return i + end.size();
        } else if (content[i] == '\n' && end.size() == 1) {
            return npos;
        } else if (formatted && is(content, i, "{{")) {
            i += 2;
        } else if (formatted && content[i] == '{') {
            i = end_of_braces(content, i + 1, nested + 1);
            if (i == npos) return npos;
        } else {
            ++i;
        }
    }
    return npos;
}

// NOLINTNEXTLINE(misc-no-recursion)
std::size_t end_of_braces(std::string_view content, std::size_t at, int nested) {
    if (nested > 8) return npos;
    int depth = 1;
    while (at < content.size()) {
        const char c = content[at];
        if (c == '"' || c == '\'') {
            at = end_of_string(content, at, is_formatted(content, at), nested);
            if (at == npos) return npos;
            continue;
        }
        if (c == '{') ++depth;
        ++at;
        if (c == '}' && --depth == 0) return at;
    }
    return npos;
}

bool is_flag(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

std::size_t end_of_python_text(std::string_view content, std::size_t at, bool formatted) {
    return end_of_string(content, at, formatted, 0);
}

std::size_t end_of_quoted(std::string_view content, std::size_t at) {
    for (std::size_t i = at + 1; i < content.size(); ++i) {
        if (content[i] == content[at]) return i + 1;
        if (content[i] == '\n') return npos;
        if (content[i] != '\\') continue;
        ++i;
        if (is(content, i, "\r\n")) ++i;
    }
    return npos;
}

std::size_t end_of_raw_text(std::string_view content, std::size_t at) {
    const std::size_t open = content.find('(', at);
    if (open == npos || open - at > 17) return npos;
    const std::string close = ")" + std::string(content.substr(at + 1, open - at - 1)) + "\"";
    const std::size_t end = content.find(close, open);
    return end == npos ? npos : end + close.size();
}

std::size_t end_of_pattern(std::string_view content, std::size_t at) {
    bool in_class = false;
    for (std::size_t i = at + 1; i < content.size() && content[i] != '\n'; ++i) {
        if (content[i] == '\\')
            ++i;
        else if (content[i] == '[')
            in_class = true;
        else if (content[i] == ']')
            in_class = false;
        else if (content[i] == '/' && !in_class) {
            ++i;
            while (i < content.size() && is_flag(content[i])) ++i;
            return i;
        }
        if (i < content.size() && content[i] == '\n') return npos;
    }
    return npos;
}

std::size_t end_of_template(std::string_view content, std::size_t at) {
    for (std::size_t i = at + 1; i < content.size(); ++i) {
        if (content[i] == '\\')
            ++i;
        else if (content[i] == '`')
            return i + 1;
        else if (is(content, i, "${"))
            return i + 2;
    }
    return npos;
}

std::size_t end_of_directive(std::string_view content, std::size_t at) {
    while (at < content.size() && content[at] != '\n') {
        if (is(content, at, "/*")) {
            const std::size_t end = content.find("*/", at + 2);
            if (end == npos) return npos;
            at = end + 2;
        } else {
            at += is(content, at, "\\\r\n") ? 3 : is(content, at, "\\\n") ? 2 : 1;
        }
    }
    return at;
}

}  // namespace riva::verify
