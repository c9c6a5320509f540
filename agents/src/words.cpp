#include "words.hpp"

#include <algorithm>

namespace riva::agents {
namespace {

bool is_word_byte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '_';
}

/// Calls `take` with every word of the text.
template <class Take>
void split(std::string_view text, Take take) {
    std::size_t i = 0;
    while (i < text.size()) {
        if (!is_word_byte(text[i])) {
            ++i;
            continue;
        }
        std::size_t end = i;
        while (end < text.size()) {
            const bool joins = (text[end] == '.' || text[end] == '-' || text[end] == '/') &&
                               end + 1 < text.size() && is_word_byte(text[end + 1]);
            if (!is_word_byte(text[end]) && !joins) break;
            ++end;
        }
        take(text.substr(i, end - i));
        i = end;
    }
}

bool looks_like_path(std::string_view word) {
    if (word.find('/') != std::string_view::npos) return true;
    const std::size_t dot = word.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || word.size() - dot > 6) return false;
    return std::all_of(word.begin() + static_cast<std::ptrdiff_t>(dot) + 1, word.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+';
    });
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    split(text, [&](std::string_view word) {
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
