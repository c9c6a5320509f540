#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace riva::memory {

/// The words of a text by which it is found, each once, at most `most` of them: runs of ASCII
/// letters and digits, in lower case, and of bytes beyond ASCII, two bytes and longer, without
/// words that stand in every sentence. `mergeIntervals` is two.
std::vector<std::string> index_words(std::string_view text, std::size_t most);

}  // namespace riva::memory
