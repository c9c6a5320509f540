#pragma once

#include <string_view>
#include <vector>

namespace riva {

/// Whether a name without slashes matches a pattern of `*`, `?`, `[a-z]`, `[!a]` and `\x`. Time
/// O(length of pattern * length of name).
bool matches_name(std::string_view pattern, std::string_view name);

/// The same for paths: component by component, where the component `**` stands for any number of
/// folders, and at the end of the pattern for at least one name.
bool matches_path(
    const std::vector<std::string_view>& pattern, const std::vector<std::string_view>& path
);

}  // namespace riva
