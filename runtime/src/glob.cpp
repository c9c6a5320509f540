#include <riva/runtime/glob.hpp>

#include <cstddef>
#include <optional>

namespace riva {
namespace {

constexpr auto none = std::string_view::npos;

bool in_class(std::string_view name, char c) {
    constexpr std::string_view punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    const bool lower = c >= 'a' && c <= 'z';
    const bool upper = c >= 'A' && c <= 'Z';
    const bool digit = c >= '0' && c <= '9';
    if (name == "alpha") return lower || upper;
    if (name == "digit") return digit;
    if (name == "alnum") return lower || upper || digit;
    if (name == "lower") return lower;
    if (name == "upper") return upper;
    if (name == "space") return c == ' ' || (c >= '\t' && c <= '\r');
    if (name == "punct") return punctuation.find(c) != none;
    if (name == "xdigit") return digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    return false;
}

/// A bracket expression at the start of a pattern: how long it is and whether it matches; nothing
/// when it is not closed.
struct bracket {
    std::size_t length;
    bool matched;
};

std::optional<bracket> match_bracket(std::string_view pattern, char c) {
    std::size_t i = 1;
    const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
    if (negated) ++i;
    const auto byte = [](char x) { return static_cast<unsigned char>(x); };
    const auto literal = [&]() -> std::optional<char> {
        if (i < pattern.size() && pattern[i] == '\\') ++i;
        if (i >= pattern.size()) return std::nullopt;
        return pattern[i++];
    };
    bool matched = false;
    for (bool first = true; i < pattern.size(); first = false) {
        if (pattern[i] == ']' && !first) return bracket{i + 1, matched != negated};
        if (pattern.substr(i, 2) == "[:") {
            const auto end = pattern.find(":]", i + 2);
            if (end != none) {
                matched |= in_class(pattern.substr(i + 2, end - i - 2), c);
                i = end + 2;
                continue;
            }
        }
        const auto low = literal();
        if (!low) break;
        std::optional<char> high = low;
        if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
            ++i;
            high = literal();
            if (!high) break;
        }
        matched |= byte(*low) <= byte(c) && byte(c) <= byte(*high);
    }
    return std::nullopt;
}

/// How many characters of the pattern match one character; 0 when they do not.
std::size_t match_one(std::string_view pattern, char c) {
    if (pattern.empty()) return 0;
    switch (pattern.front()) {
        case '?': return 1;
        case '[': {
            const auto found = match_bracket(pattern, c);
            return found && found->matched ? found->length : 0;
        }
        case '\\': return pattern.size() > 1 && pattern[1] == c ? 2 : 0;
        default: return pattern.front() == c ? 1 : 0;
    }
}

}  // namespace

bool matches_name(std::string_view pattern, std::string_view name) {
    // Only the last star needs to be tried again: what comes before it matched already.
    std::size_t p = 0;
    std::size_t n = 0;
    std::size_t star = none;
    std::size_t starred = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = ++p;
            starred = n;
        } else if (const auto length = match_one(pattern.substr(p), name[n]); length != 0) {
            p += length;
            ++n;
        } else if (star != none) {
            p = star;
            n = ++starred;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

bool matches_path(
    const std::vector<std::string_view>& pattern, const std::vector<std::string_view>& path
) {
    const bool below = !pattern.empty() && pattern.back() == "**";
    std::size_t p = 0;
    std::size_t n = 0;
    std::size_t star = none;
    std::size_t starred = 0;
    while (n < path.size()) {
        if (p < pattern.size() && pattern[p] == "**") {
            if (below && p + 1 == pattern.size()) return true;
            star = ++p;
            starred = n;
        } else if (p < pattern.size() && matches_name(pattern[p], path[n])) {
            ++p;
            ++n;
        } else if (star != none) {
            p = star;
            n = ++starred;
        } else {
            return false;
        }
    }
    return p == pattern.size();
}

}  // namespace riva
