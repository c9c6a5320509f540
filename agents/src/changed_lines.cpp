#include "changed_lines.hpp"

#include <riva/runtime/unified_diff.hpp>

#include <algorithm>
#include <charconv>
#include <string>

namespace riva::agents {
namespace {

/// Where the new side of `@@ -1,2 +3,4 @@` begins.
std::size_t first_line_of(std::string_view header) {
    const std::size_t plus = header.find('+');
    std::size_t line = 0;
    if (plus != std::string_view::npos)
        std::from_chars(header.data() + plus + 1, header.data() + header.size(), line);
    return line;
}

}  // namespace

std::vector<std::size_t> changed_lines(std::string_view before, std::string_view after) {
    const std::string diff = unified_diff("file", {before, 0100644}, {after, 0100644});
    std::vector<std::size_t> changed;
    bool in_hunk = false;
    std::size_t line = 0;
    for (std::size_t at = 0; at < diff.size();) {
        const std::size_t end = std::min(diff.find('\n', at), diff.size());
        const std::string_view text(diff.data() + at, end - at);
        at = end + 1;
        if (text.starts_with("@@ ")) {
            in_hunk = true;
            line = first_line_of(text);
        } else if (in_hunk && text.starts_with('+')) {
            changed.push_back(line++);
        } else if (in_hunk && text.starts_with(' ')) {
            ++line;
        }
    }
    return changed;
}

}  // namespace riva::agents
