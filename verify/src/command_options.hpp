#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace riva::verify {

using words = std::vector<std::string>;

/// The words that are no options.
inline words operands_of(const words& argv) {
    words found;
    for (std::size_t i = 1; i < argv.size(); ++i)
        if (argv[i].empty() || argv[i][0] != '-') found.push_back(argv[i]);
    return found;
}

/// Whether an option is given, alone or among short ones.
inline bool has_option(const words& argv, char letter, std::string_view full) {
    return std::any_of(argv.begin() + 1, argv.end(), [&](const std::string& word) {
        if (word.starts_with("--")) return !full.empty() && word.starts_with(full);
        return word.size() > 1 && word[0] == '-' && word.find(letter) != word.npos;
    });
}

/// The value of an option: behind its letter, behind `=`, or the next word.
inline std::string value_of(const words& argv, char letter, std::string_view full) {
    for (std::size_t i = 1; i < argv.size(); ++i) {
        const std::string& word = argv[i];
        const std::string next = i + 1 < argv.size() ? argv[i + 1] : "";
        if (word.starts_with("--")) {
            const auto equals = word.find('=');
            // Unique beginnings of a long option stand for it.
            const bool is_it = word.size() > 4 && full.starts_with(word.substr(0, equals));
            if (is_it) return equals == word.npos ? next : word.substr(equals + 1);
        } else if (word.size() > 1 && word[0] == '-') {
            const auto at = word.find(letter);
            if (at != word.npos) return at + 1 == word.size() ? next : word.substr(at + 1);
        }
    }
    return {};
}

/// The words that are neither options nor the values of those with one of these letters.
inline words operands_without(const words& argv, std::string_view with_value) {
    words found;
    for (std::size_t i = 1; i < argv.size(); ++i) {
        const std::string& word = argv[i];
        if (word.empty() || word[0] != '-')
            found.push_back(word);
        else if (word.size() == 2 && with_value.find(word[1]) != std::string_view::npos)
            ++i;
    }
    return found;
}

inline bool any_starts_with(const words& argv, std::initializer_list<std::string_view> beginnings) {
    return std::any_of(argv.begin() + 1, argv.end(), [&](const std::string& word) {
        return std::any_of(beginnings.begin(), beginnings.end(), [&](std::string_view beginning) {
            return word.starts_with(beginning);
        });
    });
}

}  // namespace riva::verify
