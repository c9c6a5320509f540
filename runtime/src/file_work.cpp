#include "file_work.hpp"

#include "safe_path.hpp"

#include <riva/runtime/digest.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <vector>

namespace riva {
namespace {

constexpr std::size_t buffer_size = 256 * 1024;

std::string_view read_some(int fd, std::string_view path, std::vector<char>& buffer) {
    for (;;) {
        const ssize_t n = ::read(fd, buffer.data(), buffer.size());
        if (n >= 0) return {buffer.data(), static_cast<std::size_t>(n)};
        if (errno != EINTR) fail_io("read", path, errno);
    }
}

}  // namespace

void fail(errc code, std::string context) {
    throw exception(error{code, std::move(context)});
}

void fail_io(std::string_view what, std::string_view path, int system_error) {
    fail(
        errc::io_failed,
        "cannot " + std::string(what) + " " + shown(path) + ": " +
            std::generic_category().message(system_error)
    );
}

void throw_if_stopped(const std::stop_token& stop) {
    if (stop.stop_requested()) throw boost::system::system_error(asio::error::operation_aborted);
}

std::optional<std::string> read_all(int fd, std::string_view path, std::uint64_t at_most) {
    std::string content;
    std::vector<char> buffer(buffer_size);
    for (;;) {
        const std::string_view piece = read_some(fd, path, buffer);
        if (piece.empty()) return content;
        if (content.size() + piece.size() > at_most) return std::nullopt;
        content += piece;
    }
}

void write_all(int fd, std::string_view path, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fail_io("write", path, errno);
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
}

std::string copy_and_hash(int from, int to, std::string_view path, const std::stop_token& stop) {
    if (::ioctl(to, FICLONE, from) == 0) return hash_file(to, path, stop);
    sha256_stream hash;
    std::vector<char> buffer(buffer_size);
    for (;;) {
        throw_if_stopped(stop);
        const std::string_view piece = read_some(from, path, buffer);
        if (piece.empty()) return hash.finish();
        hash.update(piece);
        write_all(to, path, piece);
    }
}

std::string hash_file(int fd, std::string_view path, const std::stop_token& stop) {
    sha256_stream hash;
    std::vector<char> buffer(buffer_size);
    for (;;) {
        throw_if_stopped(stop);
        const std::string_view piece = read_some(fd, path, buffer);
        if (piece.empty()) return hash.finish();
        hash.update(piece);
    }
}

}  // namespace riva
