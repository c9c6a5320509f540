#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace riva::agents {

/// Lines that riva had written, and what stands in their place.
struct user_edit {
    std::vector<std::string> before;  ///< without line ends; empty: lines came in between
    std::vector<std::string> after;   ///< empty: they were taken out

    friend bool operator==(const user_edit&, const user_edit&) = default;
};

/// What somebody changed of the lines that riva changed: a file before riva, as riva left it, and
/// now. What was changed elsewhere in the file is none of it, and neither is white space alone.
/// A line that was replaced by one line is an edit of its own. At most 20, in order; none of a
/// binary file.
std::vector<user_edit> find_user_edits(
    std::string_view base, std::string_view ours, std::string_view now
);

/// What differs between two texts beyond the words that they begin and end with.
struct replaced_piece {
    std::string before;
    std::string after;

    friend bool operator==(const replaced_piece&, const replaced_piece&) = default;
};

/// Whole words: of `print(x)` and `log(x)` it is `print` and `log`.
replaced_piece find_piece(std::string_view before, std::string_view after);

}  // namespace riva::agents
