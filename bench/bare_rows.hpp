#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace riva::bench {

/// Rows in a second that a loop around SQLite writes durably, `together` in each transaction: what
/// the disk and SQLite allow for a journal of such rows.
double measure_bare_rows(
    const std::filesystem::path& file,
    const std::string& row,
    std::size_t rows,
    std::size_t together
);

}  // namespace riva::bench
