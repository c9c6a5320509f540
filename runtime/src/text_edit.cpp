#include "text_edit.hpp"

#include "safe_path.hpp"

#include <algorithm>
#include <bitset>
#include <cctype>
#include <cstdint>

namespace riva {
namespace {

constexpr std::size_t longest_line = 1000;  ///< of which bytes count for the likeness of lines

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

bool is_space(char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

std::string_view stripped(std::string_view line) {
    while (!line.empty() && is_space(line.front())) line.remove_prefix(1);
    while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
    return line.substr(0, longest_line);
}

using bigrams = std::bitset<4096>;

/// Pairs of neighbouring characters, hashed into a fixed set: enough to rank lines by likeness in
/// linear time.
bigrams bigrams_of(std::string_view line) {
    bigrams set;
    for (std::size_t i = 1; i < line.size(); ++i) {
        const auto a = static_cast<unsigned char>(line[i - 1]);
        const auto b = static_cast<unsigned char>(line[i]);
        set.set((a * 31u + b * 131u) % set.size());
    }
    return set;
}

/// Dice's coefficient: 1 for equal sets, 0 for disjoint ones.
double likeness(const bigrams& a, const bigrams& b) {
    const auto total = a.count() + b.count();
    return total == 0 ? 0 : 2.0 * static_cast<double>((a & b).count()) / static_cast<double>(total);
}

struct closest_line {
    std::size_t number = 0;
    std::string_view text;
    double likeness = 0;
};

closest_line closest(std::string_view text, std::string_view find) {
    std::string_view wanted;
    for (const auto line : lines_of(find))
        if (wanted.empty()) wanted = stripped(line);
    const bigrams pairs = bigrams_of(wanted);
    closest_line best;
    std::size_t number = 0;
    for (const auto line : lines_of(text)) {
        ++number;
        const auto candidate = stripped(line);
        const double alike =
            !wanted.empty() && candidate == wanted ? 2 : likeness(pairs, bigrams_of(candidate));
        if (alike > best.likeness) best = {number, line, alike};
    }
    return best;
}

error missing(std::string_view text, std::string_view find, std::string_view path) {
    constexpr double alike_enough = 0.5;
    const closest_line best = closest(text, find);
    std::string context = "the text " + shown(find) + " does not occur in " + shown(path);
    if (best.likeness >= alike_enough)
        context +=
            "; the closest line is line " + std::to_string(best.number) + ": " + shown(best.text);
    else
        context += ", which has " + std::to_string(lines_of(text).size()) + " lines";
    return error{errc::text_missing, context + "; read the file and copy the text exactly"};
}

std::size_t occurrences(std::string_view text, std::string_view find) {
    std::size_t count = 0;
    for (auto at = text.find(find); at != std::string_view::npos; at = text.find(find, at + 1))
        ++count;
    return count;
}

}  // namespace

result<std::string> replaced(
    std::string text, const std::vector<text_replacement>& replacements, std::string_view path
) {
    if (replacements.empty())
        return error{
            errc::text_missing,
            "the edit of " + shown(path) + " holds no replacement; give at least one"
        };
    for (const auto& [find, replace] : replacements) {
        if (find.empty())
            return error{
                errc::text_missing,
                "an edit of " + shown(path) + " looks for an empty text; give the text to replace"
            };
        const auto at = text.find(find);
        if (at == std::string::npos) return missing(text, find, path);
        if (text.find(find, at + 1) != std::string::npos)
            return error{
                errc::text_ambiguous,
                "the text " + shown(find) + " occurs " + std::to_string(occurrences(text, find)) +
                    " times in " + shown(path) + "; add lines around it until it occurs once"
            };
        text.replace(at, find.size(), replace);
    }
    return text;
}

}  // namespace riva
