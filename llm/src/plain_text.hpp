#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace riva::llm {

/// True if a JSON string holds the byte as it is: ASCII, and no control character, quote or
/// backslash.
constexpr bool is_plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

#ifdef __SSE2__
/// The bytes among sixteen that are not plain, one bit each. Compared with sign: bytes beyond ASCII
/// are negative and so, like control characters, below a blank.
inline unsigned odd_among_sixteen(const char* from) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    const __m128i marks = _mm_or_si128(
        _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))
    );
    const __m128i odd = _mm_or_si128(marks, _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')));
    return static_cast<unsigned>(_mm_movemask_epi8(odd));
}
#endif

/// Whether one of eight bytes is not plain. Such a byte has its top bit set, or a subtraction
/// borrows from that bit, which happens for values below 0x20 and for the two marks turned into
/// zero by xor.
inline bool any_odd_among_eight(const char* from) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, from, sizeof bytes);
    const std::uint64_t odd = bytes | (bytes - 0x20 * ones) | ((bytes ^ ('"' * ones)) - ones) |
                              ((bytes ^ ('\\' * ones)) - ones);
    return (odd & (0x80 * ones)) != 0;
}

/// How long the plain part at the front is. Nearly all text of requests and answers goes through
/// here, so it takes many bytes at a time.
inline std::size_t plain_length(std::string_view text) {
    std::size_t at = 0;
#ifdef __SSE2__
    for (; at + 16 <= text.size(); at += 16)
        if (const unsigned odd = odd_among_sixteen(text.data() + at); odd != 0)
            return at + static_cast<std::size_t>(std::countr_zero(odd));
#endif
    while (at + 8 <= text.size() && !any_odd_among_eight(text.data() + at)) at += 8;
    while (at < text.size() && is_plain(text[at])) ++at;
    return at;
}

}  // namespace riva::llm
