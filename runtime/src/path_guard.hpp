#pragma once

#include "file_descriptor.hpp"

#include <riva/runtime/error.hpp>

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace riva {

/// Finds out what a sandbox must mount so that paths of a workspace cannot be changed or created.
///
/// A read-only mount protects a file, but not its name: the folder above it could be renamed and
/// made anew. So the folders above become mount points too, which cannot be renamed. A name that
/// does not exist needs something to mount over: an empty file stands there until the last command
/// that was promised its absence has ended.
///
/// Thread safety: any thread. Lives longer than what `protect` returns.
class path_guard {
public:
    /// How a path appears to the command.
    enum class appearance { writable, read_only, absent };

    /// An empty file in the place of a missing one, removed with the last of these objects.
    class placeholder {
    public:
        placeholder(path_guard& owner, std::filesystem::path root, std::string path);
        ~placeholder();
        placeholder(const placeholder&) = delete;
        placeholder& operator=(const placeholder&) = delete;

    private:
        path_guard& owner_;
        std::filesystem::path root_;
        std::string path_;
    };

    struct mount {
        std::string path;  ///< relative to the root
        appearance as = appearance::writable;
        file_descriptor source;  ///< what to mount there; opened without following a link
        std::unique_ptr<placeholder> stand_in = {};
    };

    /// Mounts that protect `read_only` below `root`, in the order in which they are to be made.
    /// Errors: `errc::path_outside`, `errc::path_symlink`, `errc::io_failed`.
    result<std::vector<mount>> protect(
        const std::filesystem::path& root, const std::vector<std::string>& read_only
    );

private:
    using plan = std::map<std::filesystem::path, mount>;

    std::optional<error> protect_one(
        int folder, const std::filesystem::path& root, const std::string& path, plan& mounts
    );
    std::optional<error> keep_absent(
        int folder, const std::filesystem::path& root, const std::string& path, plan& mounts
    );

    std::mutex mutex_;
    std::map<std::filesystem::path, int> holders_;  ///< of placeholders
};

}  // namespace riva
