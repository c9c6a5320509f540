#include "tree_scan.hpp"

#include "beneath.hpp"
#include "file_work.hpp"
#include "safe_path.hpp"
#include "tree_list.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <system_error>
#include <vector>

namespace riva {
namespace {

void check_size(const std::vector<tree_entry>& entries, const workspace_limits& limits) {
    std::uint64_t total = 0;
    for (const tree_entry& e : entries) {
        if (e.kind == entry_kind::file) total += e.identity.size;
        if (e.kind == entry_kind::too_deep)
            fail(
                errc::tree_too_large, "a path is longer than 4000 bytes; flatten " + shown(e.path)
            );
    }
    if (total > limits.bytes)
        fail(
            errc::tree_too_large,
            "the files hold " + std::to_string(total) + " bytes, more than the limit of " +
                std::to_string(limits.bytes) + "; choose a smaller folder or raise the limit"
        );
}

/// A change within one tick of the file system's clock after the last one leaves the times as they
/// are; whole seconds hint at a clock that ticks no faster.
bool is_settled(const stat_identity& identity, std::int64_t now) {
    const std::int64_t tick = identity.changed % 1'000'000'000 == 0 ? 2'000'000'000 : 100'000'000;
    return identity.changed + tick < now;
}

class scanner {
public:
    scanner(int root, object_store& store, std::stop_token stop, errc unreadable)
        : root_(root), store_(store), stop_(std::move(stop)), unreadable_(unreadable) {}

    /// Adds the hashes that `known` does not tell; what cannot be recorded or is no longer there is
    /// left out.
    tree_manifest run(
        std::vector<tree_entry> entries, const tree_manifest& known, std::int64_t now
    ) {
        now_ = now;
        std::vector<tree_entry> recorded;
        recorded.reserve(entries.size());
        for (tree_entry& e : entries) {
            throw_if_stopped(stop_);
            if (is_known(e, known.find(e.path)) || hash(e)) recorded.push_back(std::move(e));
        }
        return tree_manifest(std::move(recorded));
    }

private:
    static bool is_known(tree_entry& e, const tree_entry* before) {
        if (before == nullptr || !before->settled || before->identity != e.identity) return false;
        e.hash = before->hash;
        e.settled = true;
        return true;
    }

    bool hash(tree_entry& e) {
        if (e.kind == entry_kind::folder) return true;
        if (e.kind == entry_kind::symlink) return hash_target(e);
        if (e.kind != entry_kind::file) return false;
        return (e.mode & 0400) != 0 || unreadable_ == errc::tree_unreadable ? hash_content(e)
                                                                            : hash_forbidden(e);
    }

    bool hash_content(tree_entry& e) {
        const file_descriptor file =
            open_beneath(root_, e.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        if (!file) {
            if (errno == ENOENT || errno == ELOOP || errno == ENOTDIR || errno == ENXIO)
                return false;
            fail(
                unreadable_,
                "cannot read " + shown(e.path) + ": " + std::generic_category().message(errno) +
                    "; make it readable or move it away"
            );
        }
        struct stat info;
        if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
        // Before reading: what is written meanwhile makes another identity.
        record(e, info);
        e.hash = store_.put_file(file.get(), e.path, stop_);
        return true;
    }

    /// A command may take away its own permission to read a file.
    bool hash_forbidden(tree_entry& e) {
        struct permission {
            int root;
            const tree_entry& entry;
            ~permission() { set_mode(root, entry.path, entry.mode); }
        };
        {
            set_mode(root_, e.path, e.mode | 0400);
            const permission given_back{root_, e};
            if (!hash_content(e)) return false;
        }
        struct stat info;
        const file_descriptor file = open_beneath(root_, e.path, O_PATH | O_NOFOLLOW);
        if (!file || ::fstat(file.get(), &info) != 0) return false;
        record(e, info);
        return true;
    }

    bool hash_target(tree_entry& e) {
        const place at = place_of(root_, e.path);
        std::string target(PATH_MAX, '\0');
        const ssize_t n =
            ::readlinkat(at.parent.get(), at.name.c_str(), target.data(), target.size());
        if (n < 0) return false;
        target.resize(static_cast<std::size_t>(n));
        e.hash = store_.put(target);
        return true;
    }

    void record(tree_entry& e, const struct stat& info) const {
        e.identity = identity_of(info);
        e.settled = is_settled(e.identity, now_);
    }

    int root_;
    object_store& store_;
    std::stop_token stop_;
    errc unreadable_;
    std::int64_t now_ = 0;
};

}  // namespace

tree_manifest scan_repository(
    int root,
    std::pair<std::uint64_t, std::uint64_t> without,
    object_store& store,
    const workspace_limits& limits,
    const std::stop_token& stop
) {
    const list_options options{
        .denied = denied_folder::fail,
        .without_git = true,
        .without = without,
        .most = limits.files,
    };
    permission_lift unused(root);
    std::vector<tree_entry> entries = list_tree(root, options, unused, stop);
    check_size(entries, limits);
    return scanner(root, store, stop, errc::tree_unreadable).run(std::move(entries), {}, 0);
}

tree_manifest scan_staged(
    int root,
    const tree_manifest& known,
    std::int64_t now,
    object_store& store,
    const workspace_limits& limits,
    const std::stop_token& stop
) {
    permission_lift lift(root);
    const list_options options{.denied = denied_folder::lift, .without = {}, .most = limits.files};
    std::vector<tree_entry> entries = list_tree(root, options, lift, stop);
    check_size(entries, limits);
    return scanner(root, store, stop, errc::io_failed).run(std::move(entries), known, now);
}

std::int64_t file_system_time(int folder) {
    struct stat info;
    if (::futimens(folder, nullptr) != 0 || ::fstat(folder, &info) != 0)
        fail_io("ask for the time of", "the workspace folder", errno);
    return identity_of(info).changed;
}

}  // namespace riva
