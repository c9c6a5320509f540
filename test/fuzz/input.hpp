#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace riva::fuzz {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Ends the program in a way that the fuzzer reports as a finding.
inline void must(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

/// Hands `text` to `take` in pieces of `width` bytes, until it returns false. Each piece is a copy
/// of its own, so that reading past its end, or after it is gone, is seen.
template <class Take>
void in_pieces(std::string_view text, std::size_t width, Take take) {
    while (!text.empty()) {
        const auto cut = text.substr(0, width);
        const std::vector<char> piece(cut.begin(), cut.end());
        if (!take(std::string_view(piece.data(), piece.size()))) return;
        text.remove_prefix(cut.size());
    }
}

}  // namespace riva::fuzz
