#include "page_seal.hpp"

#include <bit>
#include <cassert>
#include <cstring>

namespace riva::memory {
namespace {

std::uint64_t swap_to_little(std::uint64_t word) {
    return std::endian::native == std::endian::big ? __builtin_bswap64(word) : word;
}

std::uint64_t load(std::span<const unsigned char> from, std::size_t at) {
    std::uint64_t word = 0;
    std::memcpy(&word, from.data() + at, sizeof word);
    return swap_to_little(word);
}

void store(std::span<unsigned char> to, std::size_t at, std::uint64_t word) {
    word = swap_to_little(word);
    std::memcpy(to.data() + at, &word, sizeof word);
}

/// For a given state one to one in the word, and the other way round: no change within one word is
/// ever missed.
std::uint64_t mix(std::uint64_t state, std::uint64_t word) {
    return std::rotl(state ^ word, 29) * 0x9e3779b97f4a7c15U;
}

std::size_t digest_at(std::span<const unsigned char> page) {
    assert(page.size() >= 512 && page.size() % 8 == 0);
    return page.size() - 8;
}

std::uint64_t digest(std::span<const unsigned char> page, std::uint32_t number) {
    std::uint64_t state = mix(mix(0x7269766120736561U, page.size()), number);
    for (std::size_t at = 0; at < digest_at(page); at += 8) state = mix(state, load(page, at));
    return mix(state ^ state >> 32U, 0);
}

}  // namespace

void seal(std::span<unsigned char> page, std::uint32_t number, database_id owner) {
    store(page, page.size() - seal_size, owner);
    store(page, digest_at(page), digest(page, number));
}

bool is_sealed(std::span<const unsigned char> page, std::uint32_t number, database_id owner) {
    return owner_of(page) == owner && load(page, digest_at(page)) == digest(page, number);
}

database_id owner_of(std::span<const unsigned char> page) {
    return load(page, page.size() - seal_size);
}

}  // namespace riva::memory
