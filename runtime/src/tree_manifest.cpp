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

/// The line of an entry: its kind and mode, its path up to a NUL, and its hash.
template <class Add>
void write_entry(const tree_entry& e, Add add) {
    std::array<char, 16> mode;
    const auto end = std::to_chars(mode.data(), mode.data() + mode.size(), e.mode, 8).ptr;
    add(e.kind == entry_kind::folder ? "d" : e.kind == entry_kind::file ? "f" : "l");
    add(std::string_view(mode.data(), end));
    add(" ");
    add(e.path);
    add(std::string_view("\0", 1));
    add(e.hash);
    add("\n");
}

std::string hash_of(const std::vector<tree_entry>& entries) {
    sha256_stream hash;
    for (const tree_entry& e : entries)
        write_entry(e, [&](std::string_view piece) { hash.update(piece); });
    return hash.finish();
}

/// Takes the text up to `end` from the front, and `end`; nothing if there is no `end`.
std::optional<std::string_view> take(std::string_view& from, char end) {
    const std::size_t at = from.find(end);
    if (at == from.npos) return std::nullopt;
    const std::string_view taken = from.substr(0, at);
    from.remove_prefix(at + 1);
    return taken;
}

std::optional<tree_entry> take_entry(std::string_view& from) {
    const auto head = take(from, ' ');
    const auto path = take(from, '\0');
    const auto hash = take(from, '\n');
    if (!head || head->empty() || !path || !hash) return std::nullopt;
    tree_entry e;
    switch (head->front()) {
        case 'd': e.kind = entry_kind::folder; break;
        case 'f': e.kind = entry_kind::file; break;
        case 'l': e.kind = entry_kind::symlink; break;
        default: return std::nullopt;
    }
    const auto mode = std::from_chars(head->data() + 1, head->data() + head->size(), e.mode, 8);
    if (mode.ec != std::errc{} || mode.ptr != head->data() + head->size()) return std::nullopt;
    e.path = *path;
    e.hash = *hash;
    return e;
}

}  // namespace

bool same(const tree_entry& a, const tree_entry& b) {
    return a.kind == b.kind && a.mode == b.mode && a.hash == b.hash;
}

tree_manifest::tree_manifest() : hash(hash_of({})) {}

tree_manifest::tree_manifest(std::vector<tree_entry> sorted)
    : entries(std::move(sorted)), hash(hash_of(entries)) {}

std::string to_text(const tree_manifest& tree) {
    std::string text;
    for (const tree_entry& e : tree.entries)
        write_entry(e, [&](std::string_view piece) { text += piece; });
    return text;
}

std::optional<tree_manifest> manifest_from_text(std::string_view text) {
    std::vector<tree_entry> entries;
    while (!text.empty()) {
        auto e = take_entry(text);
        if (!e || (!entries.empty() && e->path <= entries.back().path)) return std::nullopt;
        entries.push_back(std::move(*e));
    }
    return tree_manifest(std::move(entries));
}

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
