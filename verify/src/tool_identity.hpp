#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace riva::verify {

/// Which programs these names stand for now: path, size and time of change of each. A name with a
/// slash that is relative belongs to the tree, and is the same as long as that is.
std::string identify_tools(const std::vector<std::string>& names);

/// The programs that a shell line runs by name. Nothing if that cannot be told from the line; then
/// what it does may change without a trace.
std::string identify_tools_of(std::string_view shell_line);

}  // namespace riva::verify
