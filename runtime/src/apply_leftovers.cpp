#include "apply_leftovers.hpp"

#include "apply_step.hpp"
#include "beneath.hpp"
#include "file_work.hpp"
#include "tree_list.hpp"

#include <riva/runtime/crash_point.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

namespace riva {
namespace {

/// The folders above a path, outermost first.
std::vector<std::string> folders_above(const std::string& path) {
    std::vector<std::string> above;
    for (auto end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1))
        above.push_back(path.substr(0, end));
    return above;
}

class leftover {
public:
    leftover(int tree, const changed_file& of, const change_set& all, const std::stop_token& stop)
        : file_(of), all_(all), stop_(stop) {
        const auto above = folders_above(of.change.path);
        const std::string folder = above.empty() ? "" : above.back();
        parent_ = open_beneath(tree, folder, O_RDONLY | O_DIRECTORY);
        if (parent_) name_ = of.change.path.substr(folder.empty() ? 0 : folder.size() + 1);
    }

    /// False: it may be the user's.
    bool remove() {
        if (!parent_) return true;
        for (const std::string& temporary : {kept_name(), temporary_name_of(file_)}) {
            struct stat info;
            if (::fstatat(parent_.get(), temporary.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
                continue;
            if (!is_ours(temporary)) {
                // Only where something was replaced can it be what somebody wrote meanwhile.
                if (is_as_after(look(parent_.get(), name_, stop_), file_)) return false;
                continue;
            }
            if (S_ISDIR(info.st_mode)) {
                const auto folder = open_beneath(parent_.get(), temporary, O_RDONLY | O_DIRECTORY);
                if (folder) remove_all_in(folder.get());
            }
            const int flags = S_ISDIR(info.st_mode) ? AT_REMOVEDIR : 0;
            if (::unlinkat(parent_.get(), temporary.c_str(), flags) != 0)
                fail_io("remove what was left next to", file_.change.path, errno);
            pass(crash_point::leftover_removed);
        }
        return true;
    }

private:
    std::string kept_name() const { return temporary_name_of(file_) + "-old"; }

    /// A copy of what is to be written, finished or not, or what was there before.
    bool is_ours(const std::string& temporary) const {
        const present_file found = look(parent_.get(), temporary, stop_);
        if (found.kind == entry_kind::folder) return holds_only_deleted(temporary);
        if (found.hash == file_.change.before || found.hash == file_.change.after) return true;
        // Nothing was replaced yet, or there was nothing to replace.
        const bool deletes = file_.change.after.empty();
        return !deletes && (file_.change.before.empty() ||
                            is_as_before(look(parent_.get(), name_, stop_), file_));
    }

    /// A folder that made room for a file: its files were to be deleted, under whatever name.
    bool holds_only_deleted(const std::string& folder) const {
        const auto fd = open_beneath(parent_.get(), folder, O_RDONLY | O_DIRECTORY);
        if (!fd) return false;
        permission_lift unused(fd.get());
        const auto entries = list_tree(fd.get(), {.without = {}}, unused, {});
        return std::all_of(entries.begin(), entries.end(), [&](const tree_entry& e) {
            return e.kind == entry_kind::folder || is_deleted(look(fd.get(), e.path, stop_).hash);
        });
    }

    bool is_deleted(const std::string& hash) const {
        return std::any_of(all_.files.begin(), all_.files.end(), [&](const changed_file& file) {
            return file.change.after.empty() && file.change.before == hash;
        });
    }

    const changed_file& file_;
    const change_set& all_;
    const std::stop_token& stop_;
    file_descriptor parent_;
    std::string name_;
};

}  // namespace

std::vector<std::string> remove_leftovers(
    int tree, const change_set& changes, const std::stop_token& stop
) {
    const change_set back = reverse(changes);
    std::vector<std::string> of_the_user;
    for (std::size_t i = 0; i < changes.files.size(); ++i) {
        throw_if_stopped(stop);
        const bool there = leftover(tree, changes.files[i], changes, stop).remove();
        // Who takes a change back finds what writing it left, and the other way round.
        if (!leftover(tree, back.files[i], back, stop).remove() || !there)
            of_the_user.push_back(changes.files[i].change.path);
    }
    return of_the_user;
}

void remove_emptied_folders(int tree, const change_set& changes) {
    for (const changed_file& file : changes.files)
        if (file.change.after.empty()) remove_empty(tree, folders_above(file.change.path));
}

void sync_folders(int tree, const change_set& changes) {
    std::set<std::string> folders{""};
    for (const changed_file& file : changes.files)
        for (auto& folder : folders_above(file.change.path)) folders.insert(std::move(folder));
    for (const std::string& folder : folders) {
        const auto fd = open_beneath(tree, folder, O_RDONLY | O_DIRECTORY);
        // One that is gone is gone from the folder above it.
        if (fd && ::fsync(fd.get()) != 0) fail_io("write to disk the folder", folder, errno);
        pass(crash_point::folder_synced);
    }
}

}  // namespace riva
