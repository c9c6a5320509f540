#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace riva {

/// Lines [a_begin, a_end) become lines [b_begin, b_end).
struct line_change {
    std::size_t a_begin = 0;
    std::size_t a_end = 0;
    std::size_t b_begin = 0;
    std::size_t b_end = 0;

    friend bool operator==(const line_change&, const line_change&) = default;
};

/// The lines of a text, each with its line end; only the last may lack one.
std::vector<std::string_view> lines_with_ends(std::string_view text);

/// A shortest edit script (E. Myers, "An O(ND) difference algorithm", 1986). Where it would be
/// longer than 2,000 lines, everything between the common beginning and end is one change.
std::vector<line_change> diff_lines(
    const std::vector<std::string_view>& a, const std::vector<std::string_view>& b
);

}  // namespace riva
