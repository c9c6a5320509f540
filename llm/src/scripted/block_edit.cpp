#include "scripted/block_edit.hpp"

#include <algorithm>
#include <vector>

namespace riva::llm::scripted {

namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

// Overlapping places count as well: then it is unique however others count.
bool occurs_once(std::string_view text, std::string_view part) {
    if (part.empty()) return false;
    const std::size_t first = text.find(part);
    return first != text.npos && text.find(part, first + 1) == text.npos;
}

}  // namespace

std::optional<block> block_edit(std::string_view original, std::string_view wanted) {
    if (original.empty()) return std::nullopt;
    const auto before = lines_of(original);
    const auto after = lines_of(wanted);
    const std::size_t shorter = std::min(before.size(), after.size());
    std::size_t top = 0;
    while (top < shorter && before[top] == after[top]) ++top;
    std::size_t bottom = 0;
    while (bottom < shorter - top &&
           before[before.size() - 1 - bottom] == after[after.size() - 1 - bottom])
        ++bottom;

    // Above `top` and below `bottom` both texts are the same, so the block grows in both at once.
    std::size_t start = 0;
    for (std::size_t i = 0; i < top; ++i) start += before[i].size();
    std::size_t rest = 0;
    for (std::size_t i = 0; i < bottom; ++i) rest += before[before.size() - 1 - i].size();
    for (bool upward = true;; upward = !upward) {
        const std::string_view find = original.substr(start, original.size() - start - rest);
        if (occurs_once(original, find))
            return block{
                std::string(find), std::string(wanted.substr(start, wanted.size() - start - rest))
            };
        if (top > 0 && (upward || bottom == 0))
            start -= before[--top].size();
        else if (bottom > 0)
            rest -= before[before.size() - bottom--].size();
    }
}

}  // namespace riva::llm::scripted
