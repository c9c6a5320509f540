#include "beneath.hpp"

#include "file_work.hpp"
#include "safe_path.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <memory>

namespace riva {
namespace {

std::string_view parent_path(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view base_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

std::string link_target(int folder, const std::string& name) {
    std::string target(PATH_MAX, '\0');
    const ssize_t n = ::readlinkat(folder, name.c_str(), target.data(), target.size());
    target.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
    return target;
}

struct entry {
    std::string name;
    bool folder;
};

std::vector<entry> entries_of(int folder) {
    std::vector<entry> found;
    const int fd = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return found;
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(fd), ::closedir);
    while (const dirent* e = ::readdir(stream.get())) {
        const std::string name = e->d_name;
        if (name == "." || name == "..") continue;
        struct stat info;
        if (::fstatat(folder, e->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
        found.push_back({name, S_ISDIR(info.st_mode)});
    }
    return found;
}

/// Removes the folder `name` of `top`. Folders in it move up to `top`, so that depth costs neither
/// stack nor descriptors.
bool remove_folder(int top, const std::string& name) {
    set_mode(top, name, 0700);
    const file_descriptor folder = open_beneath(top, name, O_RDONLY | O_DIRECTORY);
    if (!folder) return false;
    for (const entry& e : entries_of(folder.get())) {
        if (!e.folder) {
            ::unlinkat(folder.get(), e.name.c_str(), 0);
            continue;
        }
        set_mode(folder.get(), e.name, 0700);
        ::renameat(folder.get(), e.name.c_str(), top, temporary_name().c_str());
    }
    return ::unlinkat(top, name.c_str(), AT_REMOVEDIR) == 0;
}

struct found_folder {
    bool made = false;
    int failure = 0;
};

/// Somebody else may make the folder at the same moment, or swap it with a link.
found_folder find_or_make(int folder, const std::string& path, mode_t mode) {
    int failure = 0;
    for (int attempt = 0; attempt < 3; ++attempt) {
        if (open_beneath(folder, path, O_PATH | O_DIRECTORY)) return {};
        failure = errno;
        if (failure != ENOENT) return {false, failure};
        const file_descriptor above = open_beneath(folder, parent_path(path), O_PATH | O_DIRECTORY);
        if (!above) return {false, errno};
        if (::mkdirat(above.get(), std::string(base_name(path)).c_str(), mode) == 0)
            return {true, 0};
        failure = errno;
        if (failure != EEXIST) break;
    }
    return {false, failure};
}

}  // namespace

file_descriptor open_beneath(int folder, std::string_view path, int flags, mode_t mode) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
    how.mode = (flags & O_CREAT) != 0 ? mode : 0;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    const std::string name = path.empty() ? "." : std::string(path);
    return file_descriptor(
        static_cast<int>(::syscall(SYS_openat2, folder, name.c_str(), &how, sizeof how))
    );
}

std::optional<error> obstacle(int folder, std::string_view path) {
    file_descriptor here = open_beneath(folder, "", O_PATH | O_DIRECTORY);
    std::string done;
    for (const std::string_view part : components(path)) {
        const std::string name(part);
        const bool last = done.size() + name.size() == path.size();
        done += name;
        struct stat info;
        if (::fstatat(here.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
            return std::nullopt;
        if (S_ISLNK(info.st_mode))
            return error{
                errc::path_symlink,
                "path " + shown(path) + " goes through the symbolic link " + shown(done) + " -> " +
                    shown(link_target(here.get(), name)) +
                    "; use the path of the file itself, inside the repository"
            };
        if (last) return std::nullopt;
        if (!S_ISDIR(info.st_mode))
            return error{
                errc::not_a_file,
                "path " + shown(path) + " needs a folder at " + shown(done) +
                    ", which is a file; choose another path"
            };
        here = file_descriptor(
            ::openat(here.get(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        );
        if (!here) return std::nullopt;
        done += '/';
    }
    return std::nullopt;
}

void fail_beneath(int folder, std::string_view what, std::string_view path, int system_error) {
    if (auto reason = obstacle(folder, path)) throw exception(std::move(*reason));
    if (system_error == ENOENT)
        fail(
            errc::file_missing,
            "there is no file " + shown(path) + "; list the folder to see what there is"
        );
    if (system_error == ELOOP || system_error == EXDEV)
        fail(
            errc::path_symlink,
            "path " + shown(path) + " went through a symbolic link that is gone again; try again"
        );
    fail_io(what, path, system_error);
}

place place_of(int folder, std::string_view path) {
    place found{open_beneath(folder, parent_path(path), O_PATH | O_DIRECTORY), {}};
    if (!found.parent) fail_beneath(folder, "open the folder of", path, errno);
    found.name = base_name(path);
    return found;
}

std::vector<std::string> make_parents(int folder, std::string_view path, mode_t mode) {
    std::vector<std::string> made;
    std::size_t end = 0;
    while ((end = path.find('/', end)) != std::string_view::npos) {
        const std::string parent(path.substr(0, end++));
        const auto found = find_or_make(folder, parent, mode);
        if (found.made) made.push_back(parent);
        if (found.failure == 0) continue;
        remove_empty(folder, made);
        fail_beneath(folder, "make the folder", path, found.failure);
    }
    return made;
}

void remove_empty(int folder, const std::vector<std::string>& made) noexcept {
    for (auto path = made.rbegin(); path != made.rend(); ++path) {
        const file_descriptor above =
            open_beneath(folder, parent_path(*path), O_PATH | O_DIRECTORY);
        if (above) ::unlinkat(above.get(), std::string(base_name(*path)).c_str(), AT_REMOVEDIR);
    }
}

bool set_mode(int folder, std::string_view path, std::uint32_t mode) {
    const file_descriptor file = open_beneath(folder, path, O_PATH | O_NOFOLLOW);
    if (!file) return false;
    // fchmod refuses O_PATH descriptors, and others cannot be had without permissions.
    const std::string name = "/proc/self/fd/" + std::to_string(file.get());
    return ::chmod(name.c_str(), mode) == 0;
}

bool remove_all_in(int folder) noexcept {
    for (;;) {
        const auto entries = entries_of(folder);
        if (entries.empty()) return true;
        bool progress = false;
        for (const entry& e : entries)
            progress |= e.folder ? remove_folder(folder, e.name)
                                 : ::unlinkat(folder, e.name.c_str(), 0) == 0;
        if (!progress) return false;
    }
}

std::string temporary_name() {
    static std::atomic<std::uint64_t> counter = 0;
    return ".riva-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
}

}  // namespace riva
