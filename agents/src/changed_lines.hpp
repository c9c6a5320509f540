#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace riva::agents {

/// Which lines of a file, from 1, are new or different: all of them if there was none before. Those
/// of a binary file are none.
std::vector<std::size_t> changed_lines(std::string_view before, std::string_view after);

}  // namespace riva::agents
