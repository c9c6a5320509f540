#include "tree_manifest.hpp"

#include <riva/runtime/digest.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace riva {
namespace {

std::int64_t nanoseconds(const timespec& t) {
    return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

std::string hash_of(const std::vector<tree_entry>& entries) {
    sha256_stream hash;
    for (const tree_entry& e : entries) {
        std::array<char, 16> mode;
        const auto end = std::to_chars(mode.data(), mode.data() + mode.size(), e.mode, 8).ptr;
        hash.update(e.kind == entry_kind::folder ? "d" : e.kind == entry_kind::file ? "f" : "l");
        hash.update({mode.data(), end});
        hash.update(" ");
        hash.update(e.path);
        hash.update(std::string_view("\0", 1));
        hash.update(e.hash);
        hash.update("\n");
    }
    return hash.finish();
}

}  // namespace

bool same(const tree_entry& a, const tree_entry& b) {
    return a.kind == b.kind && a.mode == b.mode && a.hash == b.hash;
}

tree_manifest::tree_manifest() : hash(hash_of({})) {}

tree_manifest::tree_manifest(std::vector<tree_entry> sorted)
    : entries(std::move(sorted)), hash(hash_of(entries)) {}

const tree_entry* tree_manifest::find(std::string_view path) const {
    return find_entry(entries, path);
}

const tree_entry* find_entry(const std::vector<tree_entry>& sorted, std::string_view path) {
    const auto at = std::lower_bound(
        sorted.begin(),
        sorted.end(),
        path,
        [](const tree_entry& e, std::string_view p) { return e.path < p; }
    );
    return at != sorted.end() && at->path == path ? &*at : nullptr;
}

entry_kind kind_of(const struct stat& info) {
    if (S_ISDIR(info.st_mode)) return entry_kind::folder;
    if (S_ISREG(info.st_mode)) return entry_kind::file;
    if (S_ISLNK(info.st_mode)) return entry_kind::symlink;
    return entry_kind::special;
}

stat_identity identity_of(const struct stat& info) {
    return {
        .device = info.st_dev,
        .inode = info.st_ino,
        .size = static_cast<std::uint64_t>(info.st_size),
        .modified = nanoseconds(info.st_mtim),
        .changed = nanoseconds(info.st_ctim),
    };
}

}  // namespace riva
