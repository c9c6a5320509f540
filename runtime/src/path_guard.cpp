#include "path_guard.hpp"

#include "beneath.hpp"
#include "safe_path.hpp"
#include "sandbox_folders.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace fs = std::filesystem;

namespace riva {
namespace {

error cannot_protect(const std::string& path, const std::string& why) {
    return {errc::io_failed, "cannot protect " + shown(path) + " from the command: " + why};
}

error cannot_protect(const std::string& path, int system_error) {
    return cannot_protect(path, std::system_category().message(system_error));
}

error through_link(const std::string& path) {
    return {
        errc::path_symlink,
        "cannot protect " + shown(path) +
            " from the command: it goes through a symbolic link; name the file that it points to"
    };
}

/// The path without `.`, `..` and a slash at its end; nothing when it leads out of the root.
std::optional<fs::path> tidy(const std::string& path) {
    fs::path plain = fs::path(path).lexically_normal();
    if (plain.filename().empty()) plain = plain.parent_path();
    if (plain == ".") plain.clear();
    const bool outside = plain.is_absolute() || (!plain.empty() && *plain.begin() == "..");
    if (outside || path.find('\0') != std::string::npos) return std::nullopt;
    return plain;
}

}  // namespace

path_guard::placeholder::placeholder(path_guard& owner, fs::path root, std::string path)
    : owner_(owner), root_(std::move(root)), path_(std::move(path)) {
    ++owner_.holders_[root_ / path_];
}

path_guard::placeholder::~placeholder() {
    const std::lock_guard lock(owner_.mutex_);
    const auto held = owner_.holders_.find(root_ / path_);
    if (--held->second > 0) return;
    owner_.holders_.erase(held);
    const fs::path relative(path_);
    const file_descriptor root(::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    const file_descriptor parent =
        open_beneath(root.get(), relative.parent_path().native(), O_PATH | O_DIRECTORY);
    const fs::path name = relative.filename();
    struct stat info{};
    if (::fstatat(parent.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(info.st_mode) && info.st_size == 0)
        ::unlinkat(parent.get(), name.c_str(), 0);
}

std::optional<error> path_guard::keep_absent(
    int folder, const fs::path& root, const std::string& path, plan& mounts
) {
    file_descriptor nothing(::open("/dev/null", O_PATH | O_CLOEXEC));
    if (!nothing) return cannot_protect(path, errno);
    if (!holders_.contains(root / path)) {
        constexpr int create = O_WRONLY | O_CREAT | O_EXCL;
        if (!open_beneath(folder, path, create, 0444)) {
            // Where we cannot create it, the command, which runs as the same user, cannot either.
            if (errno == EACCES || errno == EPERM || errno == EROFS) return std::nullopt;
            return cannot_protect(path, errno);
        }
    }
    mounts[path] = {
        path,
        appearance::absent,
        std::move(nothing),
        std::make_unique<placeholder>(*this, root, path)
    };
    return std::nullopt;
}

std::optional<error> path_guard::protect_one(
    int folder, const fs::path& root, const std::string& path, plan& mounts
) {
    const auto plain = tidy(path);
    if (!plain)
        return error{
            errc::path_outside,
            "cannot protect " + shown(path) + " from the command: it is outside of the workspace"
        };
    fs::path done;
    auto part = plain->begin();
    do {
        if (part != plain->end()) done /= *part++;
        const std::string& name = done.native();
        if (mounts.contains(done) && mounts[done].as == appearance::absent) return std::nullopt;
        if (holders_.contains(root / done)) return keep_absent(folder, root, name, mounts);
        file_descriptor file = open_beneath(folder, name, O_PATH);
        if (!file && errno == ENOENT) return keep_absent(folder, root, name, mounts);
        if (!file) return errno == ELOOP ? through_link(path) : cannot_protect(path, errno);
        struct stat info{};
        if (::fstat(file.get(), &info) != 0) return cannot_protect(path, errno);
        const bool whole = part == plain->end() || !S_ISDIR(info.st_mode);
        if (whole)
            mounts[done] = {name, appearance::read_only, std::move(file)};
        else
            mounts.try_emplace(done, mount{name, appearance::writable, std::move(file)});
        if (whole) return std::nullopt;
    } while (part != plain->end());
    return std::nullopt;
}

result<std::vector<path_guard::mount>> path_guard::protect(
    const fs::path& root, const std::vector<std::string>& read_only
) {
    std::vector<mount> ordered;
    plan mounts;  // sorted by components: folders come before what is in them
    const std::lock_guard lock(mutex_);  // released before a placeholder that is not needed ends
    const file_descriptor folder(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return cannot_protect(root.native(), errno);
    for (const std::string& path : read_only)
        if (auto wrong = protect_one(folder.get(), root, path, mounts)) return std::move(*wrong);

    std::optional<fs::path> covered;
    for (auto& [path, entry] : mounts) {
        if (covered && is_within(path, *covered)) continue;
        if (entry.as != appearance::writable) covered = path;
        ordered.push_back(std::move(entry));
    }
    return ordered;
}

}  // namespace riva
