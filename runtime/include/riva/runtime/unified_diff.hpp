#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace riva {

/// One side of a file for a diff. `mode` 0: the file does not exist on this side.
struct diff_side {
    std::string_view content;
    std::uint32_t mode = 0;
};

/// The change of one file in git's unified format with three lines of context; empty when both
/// sides are equal. Binary content (a NUL byte) becomes `Binary files ... differ`. O(ND), Myers
/// 1986, with a linear-space fallback to whole-file replacement beyond a fixed effort.
std::string unified_diff(std::string_view path, diff_side before, diff_side after);

}  // namespace riva
