#include "index_words.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace riva::memory {
namespace {

constexpr std::size_t longest_word = 48;

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

bool belongs_to_word(char c) {
    return static_cast<unsigned char>(c) >= 0x80 || (c >= '0' && c <= '9') ||
           (c >= 'a' && c <= 'z') || is_upper(c);
}

/// Says little about what a text is about.
bool is_common(const std::string& word) {
    constexpr std::array<std::string_view, 36> known = {
        "all",  "an",   "and",  "are",  "as", "at",  "be",   "by",     "do",
        "for",  "from", "has",  "have", "if", "in",  "into", "is",     "it",
        "its",  "must", "no",   "not",  "of", "on",  "or",   "should", "so",
        "that", "the",  "then", "this", "to", "was", "with", "when",   "will"
    };
    return std::ranges::find(known, word) != known.end();
}

}  // namespace

std::vector<std::string> index_words(std::string_view text, std::size_t most) {
    std::vector<std::string> words;
    std::set<std::string> seen;
    std::string word;
    const auto finish = [&] {
        if (word.size() >= 2 && !is_common(word) && seen.insert(word).second) words.push_back(word);
        word.clear();
    };
    for (std::size_t i = 0; i < text.size() && words.size() < most; ++i) {
        const char c = text[i];
        if (!belongs_to_word(c) || word.size() == longest_word) finish();
        if (!belongs_to_word(c)) continue;
        if (is_upper(c) && i > 0 && text[i - 1] >= 'a' && text[i - 1] <= 'z') finish();
        word += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (words.size() < most) finish();
    return words;
}

}  // namespace riva::memory
