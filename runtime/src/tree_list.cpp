#include "tree_list.hpp"

#include "beneath.hpp"
#include "file_work.hpp"
#include "safe_path.hpp"

#include <riva/runtime/change_set.hpp>

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

namespace riva {
namespace {

constexpr std::size_t deepest_path = 4000;

class lister {
public:
    lister(int root, const list_options& options, permission_lift& lift)
        : root_(root), options_(options), lift_(lift) {}

    std::vector<tree_entry> run(const std::stop_token& stop) {
        std::vector<std::pair<std::string, std::uint32_t>> folders{{"", 0700}};
        while (!folders.empty()) {
            throw_if_stopped(stop);
            const auto [path, mode] = std::move(folders.back());
            folders.pop_back();
            const std::size_t before = entries_.size();
            read_folder(path, mode);
            for (std::size_t i = before; i < entries_.size(); ++i)
                if (entries_[i].kind == entry_kind::folder)
                    folders.emplace_back(entries_[i].path, entries_[i].mode);
        }
        std::sort(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
            return a.path < b.path;
        });
        return std::move(entries_);
    }

private:
    void read_folder(const std::string& path, std::uint32_t mode) {
        if (options_.denied == denied_folder::lift && (mode & 0700) != 0700) lift_.lift(path, mode);
        file_descriptor fd = open_beneath(root_, path, O_RDONLY | O_DIRECTORY);
        if (!fd && options_.denied == denied_folder::fail && errno != ENOENT)
            fail_unreadable(path, errno);
        if (!fd) return;
        const int folder = fd.get();
        const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(fd.release()), ::closedir);
        while (const dirent* e = ::readdir(stream.get())) add(folder, path, e->d_name);
    }

    void add(int folder, const std::string& parent, const char* name) {
        const std::string_view text = name;
        if (text == "." || text == ".." || (options_.without_git && text == ".git")) return;
        struct stat info;
        if (::fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
            if (options_.denied == denied_folder::fail && errno != ENOENT)
                fail_unreadable(parent, errno);
            return;
        }
        if (options_.without == std::pair<std::uint64_t, std::uint64_t>(info.st_dev, info.st_ino))
            return;
        if (entries_.size() >= options_.most)
            fail(
                errc::tree_too_large,
                "there are more than " + std::to_string(options_.most) +
                    " files and folders; choose a smaller folder or raise the limit"
            );
        tree_entry& e = entries_.emplace_back();
        e.path = parent.empty() ? std::string(text) : parent + "/" + name;
        e.kind = e.path.size() > deepest_path ? entry_kind::too_deep : kind_of(info);
        e.mode = e.kind == entry_kind::symlink ? symlink_mode : info.st_mode & 07777;
        e.identity = identity_of(info);
    }

    [[noreturn]] static void fail_unreadable(const std::string& path, int code) {
        fail(
            errc::tree_unreadable,
            "cannot read the folder " + shown(path.empty() ? "." : path) + " of the repository: " +
                std::generic_category().message(code) + "; make it readable or move it away"
        );
    }

    int root_;
    const list_options& options_;
    permission_lift& lift_;
    std::vector<tree_entry> entries_;
};

}  // namespace

permission_lift::~permission_lift() {
    for (auto e = lifted_.rbegin(); e != lifted_.rend(); ++e) set_mode(root_, e->first, e->second);
}

void permission_lift::lift(const std::string& path, std::uint32_t mode) {
    if (set_mode(root_, path, mode | 0700)) lifted_.emplace_back(path, mode);
}

std::vector<tree_entry> list_tree(
    int root, const list_options& options, permission_lift& lift, const std::stop_token& stop
) {
    return lister(root, options, lift).run(stop);
}

}  // namespace riva
