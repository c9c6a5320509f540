#pragma once

#include "tree_manifest.hpp"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace riva {

/// Gives the owner access to folders for the time of its life.
class permission_lift {
public:
    explicit permission_lift(int root) : root_(root) {}
    ~permission_lift();
    permission_lift(const permission_lift&) = delete;
    permission_lift& operator=(const permission_lift&) = delete;

    void lift(const std::string& path, std::uint32_t mode);
    /// Leaves the permissions as they are now.
    void keep() { lifted_.clear(); }

private:
    int root_;
    std::vector<std::pair<std::string, std::uint32_t>> lifted_;
};

/// What a listing does with a folder that it may not read.
enum class denied_folder { fail, skip, lift };

struct list_options {
    denied_folder denied = denied_folder::skip;
    bool without_git = false;
    /// Device and inode of a folder to leave out.
    std::optional<std::pair<std::uint64_t, std::uint64_t>> without;
    std::uint64_t most = UINT64_MAX;  ///< more entries are `errc::tree_too_large`
};

/// Everything below an open folder, sorted by path, without hashes. With `denied_folder::lift` the
/// folders stay accessible as long as `lift` lives.
std::vector<tree_entry> list_tree(
    int root, const list_options& options, permission_lift& lift, const std::stop_token& stop
);

}  // namespace riva
