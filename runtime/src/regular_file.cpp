#include "regular_file.hpp"

#include "beneath.hpp"
#include "file_work.hpp"
#include "safe_path.hpp"

#include <fcntl.h>

#include <cerrno>
#include <optional>

namespace riva {

void fail_no_file(std::string_view path, const struct stat& info) {
    fail(
        errc::not_a_file,
        "path " + shown(path) + " is " +
            (S_ISDIR(info.st_mode) ? "a folder" : "a FIFO, socket or device") +
            ", not a file; name a regular file"
    );
}

opened_file read_regular(int folder, std::string_view path, std::uint64_t at_most) {
    const place at = place_of(folder, path);
    struct stat info;
    if (::fstatat(at.parent.get(), at.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 ||
        S_ISLNK(info.st_mode))
        fail_beneath(folder, "read", path, errno);
    // Opening a device may already do something.
    if (!S_ISREG(info.st_mode)) fail_no_file(path, info);
    const file_descriptor file =
        open_beneath(at.parent.get(), at.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!file || ::fstat(file.get(), &info) != 0) fail_beneath(folder, "read", path, errno);
    if (!S_ISREG(info.st_mode)) fail_no_file(path, info);
    auto content = static_cast<std::uint64_t>(info.st_size) > at_most
                       ? std::nullopt
                       : read_all(file.get(), path, at_most);
    if (!content)
        fail(
            errc::file_too_large,
            "file " + shown(path) + " holds more than the limit of " + std::to_string(at_most) +
                " bytes; work on it with a command"
        );
    return {std::move(*content), info.st_mode & 07777};
}

}  // namespace riva
