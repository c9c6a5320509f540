#include "tree_restore.hpp"

#include "beneath.hpp"
#include "file_work.hpp"
#include "tree_list.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <string>
#include <vector>

namespace riva {
namespace {

timespec to_timespec(std::int64_t nanoseconds) {
    timespec t{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    if (t.tv_nsec < 0) {
        t.tv_nsec += 1'000'000'000;
        --t.tv_sec;
    }
    return t;
}

class restorer {
public:
    restorer(
        int root,
        std::vector<tree_entry> now,
        const tree_manifest& to,
        object_store& store,
        const std::stop_token& stop
    )
        : root_(root), now_(std::move(now)), to_(to), store_(store), stop_(stop) {}

    tree_manifest run() {
        remove_others();
        tree_manifest made;
        made.entries.reserve(to_.entries.size());
        for (const tree_entry& wanted : to_.entries) {
            throw_if_stopped(stop_);
            made.entries.push_back(make(wanted));
        }
        set_folder_modes();
        made.hash = to_.hash;
        return made;
    }

private:
    void remove_others() {
        // Backwards, what is in a folder comes before the folder.
        for (auto e = now_.rbegin(); e != now_.rend(); ++e) {
            throw_if_stopped(stop_);
            const tree_entry* wanted = to_.find(e->path);
            if (wanted == nullptr || wanted->kind != e->kind) remove(*e);
        }
    }

    void remove(const tree_entry& e) {
        const int parent = parent_of(e.path);
        const int flags =
            e.kind == entry_kind::folder || e.kind == entry_kind::too_deep ? AT_REMOVEDIR : 0;
        if (::unlinkat(parent, name_.c_str(), flags) == 0 || errno == ENOENT) return;
        if (e.kind == entry_kind::too_deep && errno == ENOTDIR &&
            ::unlinkat(parent, name_.c_str(), 0) == 0)
            return;
        if (errno == ENOTEMPTY) {
            const file_descriptor folder = open_beneath(parent, name_, O_RDONLY | O_DIRECTORY);
            if (folder && remove_all_in(folder.get()) &&
                ::unlinkat(parent, name_.c_str(), AT_REMOVEDIR) == 0)
                return;
        }
        fail_io("remove", e.path, errno);
    }

    tree_entry make(const tree_entry& wanted) {
        const tree_entry* old = find_entry(now_, wanted.path);
        if (old != nullptr && old->kind != wanted.kind) old = nullptr;
        if (wanted.kind == entry_kind::folder) return make_folder(wanted, old);
        if (old != nullptr && has_content(*old, wanted)) return keep(wanted, *old);
        const int parent = parent_of(wanted.path);
        if (old != nullptr && ::unlinkat(parent, name_.c_str(), 0) != 0)
            fail_io("replace", wanted.path, errno);
        return wanted.kind == entry_kind::symlink ? make_symlink(wanted, parent)
                                                  : make_file(wanted, parent);
    }

    tree_entry make_folder(const tree_entry& wanted, const tree_entry* old) {
        const int parent = parent_of(wanted.path);
        if (old == nullptr && ::mkdirat(parent, name_.c_str(), 0700) != 0)
            fail_io("make the folder", wanted.path, errno);
        return wanted;
    }

    bool has_content(const tree_entry& old, const tree_entry& wanted) {
        if (!old.hash.empty()) return old.hash == wanted.hash;
        if (wanted.kind == entry_kind::symlink) {
            std::string target(PATH_MAX, '\0');
            const int parent = parent_of(wanted.path);
            const ssize_t n = ::readlinkat(parent, name_.c_str(), target.data(), target.size());
            target.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
            return target == store_.get(wanted.hash);
        }
        if (old.identity.size != wanted.identity.size) return false;
        // A file that cannot be read is simply written anew.
        const file_descriptor file =
            open_beneath(root_, wanted.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        return file && hash_file(file.get(), wanted.path, stop_) == wanted.hash;
    }

    tree_entry keep(const tree_entry& wanted, const tree_entry& old) {
        tree_entry kept = wanted;
        kept.identity = old.identity;
        kept.settled = old.settled;
        if (old.mode == wanted.mode) return kept;
        if (!set_mode(root_, wanted.path, wanted.mode))
            fail_io("restore the permissions of", wanted.path, errno);
        const file_descriptor file = open_beneath(root_, wanted.path, O_PATH | O_NOFOLLOW);
        return with_identity(std::move(kept), file.get());
    }

    tree_entry make_file(const tree_entry& wanted, int parent) {
        const int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
        const file_descriptor file(::openat(parent, name_.c_str(), flags, 0600));
        if (!file) fail_io("write", wanted.path, errno);
        store_.copy_to(wanted.hash, file.get(), stop_);
        const timespec times[] = {{0, UTIME_OMIT}, to_timespec(wanted.identity.modified)};
        if (::fchmod(file.get(), wanted.mode) != 0 || ::futimens(file.get(), times) != 0)
            fail_io("write", wanted.path, errno);
        return with_identity(wanted, file.get());
    }

    tree_entry make_symlink(const tree_entry& wanted, int parent) {
        const std::string target = store_.get(wanted.hash);
        if (::symlinkat(target.c_str(), parent, name_.c_str()) != 0)
            fail_io("write the symbolic link", wanted.path, errno);
        return wanted;
    }

    static tree_entry with_identity(tree_entry e, int file) {
        struct stat info;
        if (::fstat(file, &info) != 0) fail_io("write", e.path, errno);
        e.identity = identity_of(info);
        e.settled = false;
        return e;
    }

    void set_folder_modes() {
        for (auto wanted = to_.entries.rbegin(); wanted != to_.entries.rend(); ++wanted) {
            if (wanted->kind != entry_kind::folder) continue;
            const tree_entry* old = find_entry(now_, wanted->path);
            const bool here = old != nullptr && old->kind == entry_kind::folder;
            const std::uint32_t mode = here ? old->mode | 0700 : 0700;
            if (here && old->mode == wanted->mode && mode == wanted->mode) continue;
            if (!set_mode(root_, wanted->path, wanted->mode))
                fail_io("restore the permissions of", wanted->path, errno);
        }
    }

    /// Opens the folder of `path`, keeping the last one open, and sets `name_`.
    int parent_of(const std::string& path) {
        const auto slash = path.rfind('/');
        const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash);
        name_ = path.substr(slash + 1);
        if (parent_ && folder == parent_path_) return parent_.get();
        parent_ = open_beneath(root_, folder, O_PATH | O_DIRECTORY);
        if (!parent_) fail_beneath(root_, "open the folder of", path, errno);
        parent_path_ = folder;
        return parent_.get();
    }

    int root_;
    std::vector<tree_entry> now_;
    const tree_manifest& to_;
    object_store& store_;
    const std::stop_token& stop_;
    file_descriptor parent_;
    std::string parent_path_;
    std::string name_;
};

}  // namespace

tree_manifest restore_tree(
    int root,
    const tree_manifest& to,
    const tree_manifest& known,
    object_store& store,
    const std::stop_token& stop
) {
    permission_lift lift(root);
    const list_options options{.denied = denied_folder::lift, .without = {}};
    std::vector<tree_entry> now = list_tree(root, options, lift, stop);
    for (tree_entry& e : now) {
        const tree_entry* before = known.find(e.path);
        if (before == nullptr || !before->settled || before->identity != e.identity) continue;
        e.hash = before->hash;
        e.settled = true;
    }
    tree_manifest made = restorer(root, std::move(now), to, store, stop).run();
    lift.keep();
    return made;
}

}  // namespace riva
