#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <span>

/// The log of a database (WAL) is a header and frames, each of which is a header and a page. Each
/// header has a sum over all that is before it and its own page, which SQLite has computed when it
/// writes a page: a page that gets its seal after that needs another sum.
/// See https://www.sqlite.org/fileformat2.html#walformat.
namespace riva::memory {

/// Is this the page of a frame?
bool is_page_of_log(int size, std::int64_t offset);

/// The number of a page in the log; its frame has been begun. Returns a code of SQLite.
int read_page_number(sqlite3_file* log, std::int64_t offset, std::uint32_t& number);

/// Writes a page into a frame that has been begun, and the sum that it now has. Returns a code of
/// SQLite.
int write_page_of_log(sqlite3_file* log, std::span<const unsigned char> page, std::int64_t offset);

}  // namespace riva::memory
