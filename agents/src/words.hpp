#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace riva::agents {

/// The words of a text in lower case: letters, digits and `_`; a `.`, `-` or `/` inside of a word
/// belongs to it, so that `src/a.py` is one word.
std::vector<std::string> words_of(std::string_view text);

/// The words that may be a path, as they are written: with a `/`, an extension of letters or a
/// leading dot. Whether `and/or` is one, only the repository can tell.
std::vector<std::string> paths_in(std::string_view text);

}  // namespace riva::agents
