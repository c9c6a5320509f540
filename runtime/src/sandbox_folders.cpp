#include "sandbox_folders.hpp"

#include "safe_path.hpp"

#include <algorithm>
#include <optional>
#include <system_error>

namespace fs = std::filesystem;

namespace riva {
namespace {

/// The folder without symbolic links; nothing when there is no such folder.
std::optional<fs::path> real_folder(const fs::path& path) {
    std::error_code ec;
    fs::path real = fs::canonical(path, ec);
    if (ec || !fs::is_directory(real, ec)) return std::nullopt;
    return real;
}

bool has_nul(const fs::path& path) {
    return path.native().find('\0') != std::string::npos;
}

}  // namespace

bool is_within(const fs::path& path, const fs::path& folder) {
    return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
           folder.end();
}

result<sandbox_folders> resolve_folders(const sandbox_command& command) {
    const std::string root_name = shown(command.root.native());
    if (!command.root.is_absolute() || has_nul(command.root))
        return error{errc::path_invalid, "the workspace " + root_name + " is not an absolute path"};
    const auto root = real_folder(command.root);
    if (!root) return error{errc::file_missing, "there is no workspace folder " + root_name};
    if (*root == root->root_path())
        return error{
            errc::path_invalid, "the workspace is the root of the file system; name a folder in it"
        };

    const fs::path inside(command.cwd);
    const std::string name = shown(command.cwd);
    if (has_nul(inside))
        return error{errc::path_invalid, "the folder " + name + " has a NUL character in its name"};
    error outside{
        errc::path_outside,
        "the folder " + name + " is outside of the workspace; use a path relative to its root"
    };
    const fs::path plain = inside.lexically_normal();
    if (inside.is_absolute() || (!plain.empty() && *plain.begin() == "..")) return outside;
    auto cwd = real_folder(*root / inside);
    if (!cwd) return error{errc::file_missing, "there is no folder " + name + " in the workspace"};
    if (!is_within(*cwd, *root)) return outside;
    return sandbox_folders{*root, std::move(*cwd)};
}

}  // namespace riva
