#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

/// The last bytes of each page of a database say to which database it belongs, and hold a digest
/// over the page and its number. So a page that was damaged, was never written, or lies in the
/// wrong place is noticed when it is read, whatever table or index it is part of.
namespace riva::memory {

constexpr std::size_t seal_size = 16;  ///< bytes at the end of a page, which SQLite leaves alone

/// Which database a page belongs to: a random number, not 0.
using database_id = std::uint64_t;

/// Puts a seal on a page of at least 512 bytes. Pages are numbered from 1.
void seal(std::span<unsigned char> page, std::uint32_t number, database_id owner);

/// Is the page as it was when it was sealed?
bool is_sealed(std::span<const unsigned char> page, std::uint32_t number, database_id owner);

/// The database that a page says it belongs to.
database_id owner_of(std::span<const unsigned char> page);

}  // namespace riva::memory
