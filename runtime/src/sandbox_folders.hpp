#pragma once

#include <riva/runtime/error.hpp>
#include <riva/runtime/sandbox.hpp>

#include <filesystem>

namespace riva {

/// Where a command runs, without symbolic links.
struct sandbox_folders {
    std::filesystem::path root;
    std::filesystem::path cwd;
};

/// Errors: `errc::path_invalid`, `errc::path_outside`, `errc::file_missing`.
result<sandbox_folders> resolve_folders(const sandbox_command& command);

/// Whether `path` is `folder` or below it. Both are absolute and without symbolic links.
bool is_within(const std::filesystem::path& path, const std::filesystem::path& folder);

}  // namespace riva
