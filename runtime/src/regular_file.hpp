#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace riva {

/// A file that an action reads or replaces.
struct opened_file {
    std::string content;
    std::uint32_t mode = 0;
};

/// Reads a regular file below an open folder. Fails with what is in the way otherwise.
opened_file read_regular(int folder, std::string_view path, std::uint64_t at_most);

/// Fails with `errc::not_a_file`.
[[noreturn]] void fail_no_file(std::string_view path, const struct stat& info);

}  // namespace riva
