#include "regular_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

namespace riva::verify {
namespace {

struct open_file {
    explicit open_file(const std::filesystem::path& file)
        : fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {}
    ~open_file() {
        if (fd >= 0) ::close(fd);
    }
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;

    const int fd;
};

}  // namespace

std::optional<std::string> read_regular_file(const std::filesystem::path& file, std::size_t most) {
    const open_file in(file);
    struct stat status{};
    if (in.fd < 0 || ::fstat(in.fd, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    if (static_cast<std::size_t>(status.st_size) > most) return std::nullopt;

    std::string content(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t size = 0;
    while (size < content.size()) {
        const ssize_t n = ::read(in.fd, content.data() + size, content.size() - size);
        if (n < 0) return std::nullopt;
        if (n == 0) break;
        size += static_cast<std::size_t>(n);
    }
    content.resize(size);
    return content;
}

bool is_plain_file(const std::filesystem::path& file) {
    std::error_code ignored;
    return std::filesystem::symlink_status(file, ignored).type() ==
           std::filesystem::file_type::regular;
}

}  // namespace riva::verify
