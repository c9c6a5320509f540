#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva {

enum class entry_kind : std::uint8_t {
    folder,
    file,
    symlink,
    special,   ///< FIFO, socket, device: never recorded
    too_deep,  ///< below more folders than a path can name
};

/// What tells whether a file may have changed without reading it. A command can set the other times
/// at will, but not `changed`.
struct stat_identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t modified = 0;  ///< ns since 1970
    std::int64_t changed = 0;  ///< ns since 1970

    friend bool operator==(const stat_identity&, const stat_identity&) = default;
};

struct tree_entry {
    std::string path;
    entry_kind kind = entry_kind::file;
    std::uint32_t mode = 0;  ///< `st_mode & 07777`; of a symbolic link `symlink_mode`
    std::string hash;  ///< of a file's content or a link's target; empty while unknown
    stat_identity identity;
    /// The file was last changed long enough before its hash was taken that any later change gives
    /// it another identity.
    bool settled = false;
};

/// Whether both stand for the same thing in a tree.
bool same(const tree_entry& a, const tree_entry& b);

/// A tree at one moment: folders, files and symbolic links sorted by path.
struct tree_manifest {
    std::vector<tree_entry> entries;
    std::string hash;  ///< SHA-256 over paths, kinds, modes and contents

    tree_manifest();
    explicit tree_manifest(std::vector<tree_entry> sorted);

    const tree_entry* find(std::string_view path) const;
};

/// The tree as text whose SHA-256 is the hash of the tree.
std::string to_text(const tree_manifest& tree);
/// What `to_text` wrote, without the identities; nothing if it did not.
std::optional<tree_manifest> manifest_from_text(std::string_view text);

const tree_entry* find_entry(const std::vector<tree_entry>& sorted, std::string_view path);

entry_kind kind_of(const struct stat& info);
stat_identity identity_of(const struct stat& info);

}  // namespace riva
