#pragma once

#include "file_descriptor.hpp"

#include <riva/runtime/error.hpp>

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva {

// File operations below a folder that is held open. No path leads out of it or through a symbolic
// link, also when another process swaps folders and links meanwhile (openat2 with RESOLVE_BENEATH,
// RESOLVE_NO_SYMLINKS and RESOLVE_NO_MAGICLINKS).

/// Opens `path`; an empty path is the folder itself. On failure `errno` says why.
file_descriptor open_beneath(int folder, std::string_view path, int flags, mode_t mode = 0);

/// What stands in the way of using `path`: a symbolic link, or a file where a folder is needed.
std::optional<error> obstacle(int folder, std::string_view path);

/// Fails with what is in the way of `path`, or with what the system said.
[[noreturn]] void fail_beneath(
    int folder, std::string_view what, std::string_view path, int system_error
);

/// A name in an open folder.
struct place {
    file_descriptor parent;
    std::string name;
};

place place_of(int folder, std::string_view path);

/// Makes the missing folders above `path` and returns those made, outermost first.
std::vector<std::string> make_parents(int folder, std::string_view path, mode_t mode);

/// Removes folders made by `make_parents`, as far as they are empty.
void remove_empty(int folder, const std::vector<std::string>& made) noexcept;

/// Sets the permissions of a file or folder, never of what a symbolic link points to.
bool set_mode(int folder, std::string_view path, std::uint32_t mode);

/// Empties a folder, however deep it is and whatever its permissions are. Returns false when
/// something could not be removed.
bool remove_all_in(int folder) noexcept;

/// A name for a temporary file that nothing else in this process uses.
std::string temporary_name();

}  // namespace riva
