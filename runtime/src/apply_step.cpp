#include "apply_step.hpp"

#include "beneath.hpp"
#include "file_work.hpp"
#include "safe_path.hpp"

#include <riva/runtime/crash_point.hpp>
#include <riva/runtime/digest.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>

namespace riva {
namespace {

bool same_kind(std::uint32_t a, std::uint32_t b) {
    return (a == symlink_mode) == (b == symlink_mode);
}

}  // namespace

present_file look(int tree, const std::string& path, const std::stop_token& stop) {
    const file_descriptor file = open_beneath(tree, path, O_PATH | O_NOFOLLOW);
    if (!file && (errno == ENOENT || errno == ENOTDIR)) return {};
    struct stat info;
    if (!file || ::fstat(file.get(), &info) != 0) fail_beneath(tree, "read", path, errno);
    present_file found{kind_of(info), "no file", info.st_mode & 07777, identity_of(info)};
    if (S_ISLNK(info.st_mode)) {
        std::string target(PATH_MAX, '\0');
        const ssize_t n = ::readlinkat(file.get(), "", target.data(), target.size());
        found.hash = sha256({target.data(), n < 0 ? 0 : static_cast<std::size_t>(n)});
        found.mode = symlink_mode;
    } else if (S_ISREG(info.st_mode)) {
        const file_descriptor content =
            open_beneath(tree, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        if (!content) fail_beneath(tree, "read", path, errno);
        found.hash = hash_file(content.get(), path, stop);
    }
    return found;
}

bool is_as_before(const present_file& now, const changed_file& file) {
    return now.hash == file.change.before &&
           (now.hash.empty() || same_kind(now.mode, file.mode_before));
}

bool is_as_after(const present_file& now, const changed_file& file) {
    // What is a folder by now is no file either.
    if (file.change.after.empty() && now.kind == entry_kind::folder) return true;
    if (now.hash != file.change.after) return false;
    if (now.hash.empty()) return true;
    return same_kind(now.mode, file.mode_after) &&
           (file.mode_before == file.mode_after || now.mode == file.mode_after);
}

std::string temporary_name_of(const changed_file& file) {
    return ".riva-" + sha256(file.change.path + '\n' + file.change.after).substr(0, 24);
}

apply_step::apply_step(const changed_file& file, present_file now)
    : file_(&file), now_(std::move(now)), temporary_(temporary_name_of(file)) {}

void apply_step::prepare(int tree, const object_store& objects, const std::stop_token& stop) {
    if (deletes()) return;
    made_folders_ = make_parents(tree, path(), 0777);
    const place at = place_of(tree, path());
    ::unlinkat(at.parent.get(), temporary_.c_str(), 0);
    has_temporary_ = true;
    write_temporary(at.parent.get(), objects, stop);
}

void apply_step::write_temporary(
    int folder, const object_store& objects, const std::stop_token& stop
) {
    const char* name = temporary_.c_str();
    if (file_->mode_after == symlink_mode) {
        const std::string target = objects.get(file_->change.after);
        if (::symlinkat(target.c_str(), folder, name) != 0) fail_io("write next to", path(), errno);
        return;
    }
    const int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const file_descriptor file(::openat(folder, name, flags, 0600));
    if (!file) fail_io("write next to", path(), errno);
    objects.copy_to(file_->change.after, file.get(), stop);
    pass(crash_point::temporary_written);
    const bool keeps_mode = !nothing_there() && file_->mode_before == file_->mode_after;
    if (::fchmod(file.get(), keeps_mode ? now_.mode : file_->mode_after) != 0 ||
        ::fsync(file.get()) != 0)
        fail_io("write", path(), errno);
    pass(crash_point::temporary_synced);
}

void apply_step::commit(int tree) {
    const place at = place_of(tree, path());
    if (!move(at.parent.get(), at.name)) {
        if (errno == EEXIST || errno == ENOENT) fail_changed();
        fail_beneath(tree, "replace", path(), errno);
    }
    committed_ = true;
    pass(crash_point::file_replaced);
    has_temporary_ = !nothing_there();
    if (has_temporary_ && !holds_old_file(at.parent.get())) fail_changed();
}

void apply_step::undo(int tree) noexcept {
    const file_descriptor parent = parent_of(tree);
    const std::string name = path().substr(path().rfind('/') + 1);
    const char* temporary = temporary_.c_str();
    if (committed_ && parent) {
        if (nothing_there())
            ::unlinkat(parent.get(), name.c_str(), 0);
        else if (now_.kind == entry_kind::folder)
            ::renameat2(parent.get(), temporary, parent.get(), name.c_str(), RENAME_EXCHANGE);
        else
            ::renameat(parent.get(), temporary, parent.get(), name.c_str());
        has_temporary_ = now_.kind == entry_kind::folder;
    }
    now_.kind = entry_kind::file;  // a folder is back in its place, what is left is the new file
    remove_temporary(parent);
    remove_empty(tree, made_folders_);
}

void apply_step::finish(int tree) {
    remove_temporary(parent_of(tree));
    pass(crash_point::leftover_removed);
}

bool apply_step::move(int folder, const std::string& name) {
    const char* from = temporary_.c_str();
    const char* to = name.c_str();
    if (nothing_there()) return ::renameat2(folder, from, folder, to, RENAME_NOREPLACE) == 0;
    if (deletes()) return ::renameat(folder, to, folder, from) == 0;
    if (::renameat2(folder, from, folder, to, RENAME_EXCHANGE) == 0) return true;
    if ((errno != EINVAL && errno != ENOSYS) || now_.kind == entry_kind::folder) return false;
    // Without an exchange the old file is kept by a second name.
    const std::string kept = temporary_ + "-old";
    ::unlinkat(folder, kept.c_str(), 0);
    return ::linkat(folder, to, folder, kept.c_str(), 0) == 0 &&
           ::renameat(folder, from, folder, to) == 0 &&
           ::renameat(folder, kept.c_str(), folder, from) == 0;
}

/// Whether what made room is what was checked.
bool apply_step::holds_old_file(int folder) const {
    struct stat info;
    if (::fstatat(folder, temporary_.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return false;
    stat_identity identity = identity_of(info);
    if (now_.kind == entry_kind::folder) return identity.inode == now_.identity.inode;
    identity.changed = now_.identity.changed;  // moving a file counts as a change
    return identity == now_.identity;
}

void apply_step::fail_changed() const {
    fail(
        errc::conflict,
        "file " + shown(path()) +
            " changed while the change set was written; everything was put back, try again"
    );
}

file_descriptor apply_step::parent_of(int tree) const {
    const auto slash = path().rfind('/');
    const std::string parent = slash == std::string::npos ? "" : path().substr(0, slash);
    return open_beneath(tree, parent, O_RDONLY | O_DIRECTORY);
}

void apply_step::remove_temporary(const file_descriptor& parent) {
    if (!parent) return;
    if (has_temporary_ && now_.kind == entry_kind::folder) {
        const file_descriptor old = open_beneath(parent.get(), temporary_, O_RDONLY | O_DIRECTORY);
        if (old) remove_all_in(old.get());
        ::unlinkat(parent.get(), temporary_.c_str(), AT_REMOVEDIR);
    } else if (has_temporary_) {
        ::unlinkat(parent.get(), temporary_.c_str(), 0);
    }
    has_temporary_ = false;
}

}  // namespace riva
