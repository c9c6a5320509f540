#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace riva::verify {

/// The content of a regular file of at most `most` bytes. None for anything else: missing, a
/// symbolic link, a FIFO, too large, not readable. Never waits.
std::optional<std::string> read_regular_file(const std::filesystem::path& file, std::size_t most);

/// Whether `file` itself, not what a link leads to, is a regular file.
bool is_plain_file(const std::filesystem::path& file);

}  // namespace riva::verify
