#include "words.hpp"

#include <algorithm>
#include <array>

namespace riva::agents {
namespace {

bool is_word_byte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Whether the dot at `at` begins a name such as `.env`; not a call `).next`, `...and` or `.5`.
bool starts_dotted_name(std::string_view text, std::size_t at) {
    if (text[at] != '.' || at + 1 == text.size()) return false;
    if (!is_letter(text[at + 1]) && text[at + 1] != '_') return false;
    constexpr std::string_view openers = " \t\r\n/\"'`([{<,:=";
    return at == 0 || openers.find(text[at - 1]) != std::string_view::npos;
}

/// Whether the byte at `at` belongs to the word that it follows.
bool continues_word(std::string_view text, std::size_t at) {
    if (is_word_byte(text[at])) return true;
    const bool joint = text[at] == '.' || text[at] == '-' || text[at] == '/';
    if (!joint || at + 1 == text.size()) return false;
    return is_word_byte(text[at + 1]) || (text[at] == '/' && starts_dotted_name(text, at + 1));
}

/// Calls `take` with every word of the text; a dot before the first letter belongs to it.
template <class Take>
void split(std::string_view text, Take take) {
    std::size_t i = 0;
    while (i < text.size()) {
        if (!is_word_byte(text[i]) && !starts_dotted_name(text, i)) {
            ++i;
            continue;
        }
        std::size_t end = i + 1;
        while (end < text.size() && continues_word(text, end)) ++end;
        take(text.substr(i, end - i));
        i = end;
    }
}

/// A short form with dots inside, whose last one ends the word.
bool is_abbreviation(std::string_view word) {
    constexpr std::array<std::string_view, 7> known = {
        "e.g", "E.g", "i.e", "I.e", "a.k.a", "a.m", "p.m"
    };
    return std::find(known.begin(), known.end(), word) != known.end();
}

bool looks_like_path(std::string_view word) {
    if (is_abbreviation(word)) return false;
    if (word.front() == '.' || word.find('/') != std::string_view::npos) return true;
    const std::size_t dot = word.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || word.size() - dot > 6) return false;
    return std::all_of(word.begin() + static_cast<std::ptrdiff_t>(dot) + 1, word.end(), [](char c) {
        return is_letter(c) || c == '+';
    });
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    split(text, [&](std::string_view word) {
        if (word.front() == '.') word.remove_prefix(1);
        std::string& copy = words.emplace_back(word);
        for (char& c : copy)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    });
    return words;
}

std::vector<std::string> paths_in(std::string_view text) {
    std::vector<std::string> paths;
    split(text, [&](std::string_view word) {
        if (looks_like_path(word) && std::find(paths.begin(), paths.end(), word) == paths.end())
            paths.emplace_back(word);
    });
    return paths;
}

}  // namespace riva::agents
