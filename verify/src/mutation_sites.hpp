#pragma once

#include "code_tokens.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace riva::verify {

/// A place where source code can be made wrong: `length` bytes at `offset`, all in one line, are
/// replaced by text without a newline.
struct mutation_site {
    std::size_t offset = 0;
    std::size_t length = 0;
    std::size_t line = 1;
    std::string replacement;
    std::string mutation;  ///< for people
};

/// All of a file, in its order. None if it cannot be told apart into tokens.
std::vector<mutation_site> mutation_sites(std::string_view content, code_family family);

}  // namespace riva::verify
