#include "object_store.hpp"

#include "beneath.hpp"
#include "file_work.hpp"

#include <riva/runtime/digest.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <memory>

namespace riva {
namespace {

/// Larger contents are not held in memory.
constexpr off_t streamed_from = 1 << 20;

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

/// A new file in a folder that goes away unless it is renamed.
class temporary_file {
public:
    explicit temporary_file(int folder) : folder_(folder), name_(temporary_name()) {
        fd_ = file_descriptor(::openat(
            folder, name_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400
        ));
        if (!fd_) fail_io("write to the object store", name_, errno);
    }
    ~temporary_file() {
        if (!name_.empty()) ::unlinkat(folder_, name_.c_str(), 0);
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;

    int fd() const { return fd_.get(); }

    void rename_to(const std::string& name) {
        if (::renameat(folder_, name_.c_str(), folder_, name.c_str()) != 0)
            fail_io("write to the object store", name, errno);
        name_.clear();
    }

private:
    int folder_;
    std::string name_;
    file_descriptor fd_;
};

[[noreturn]] void fail_damaged(const std::string& hash) {
    fail(
        errc::content_lost,
        "object " + hash +
            " of the run is damaged: its content has another hash; run the task again"
    );
}

}  // namespace

object_store::object_store(std::filesystem::path folder) : folder_(std::move(folder)) {
    fd_ = file_descriptor(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd_) fail_io("open the object store", folder_.string(), errno);
}

bool object_store::holds(const std::string& hash) const {
    return ::faccessat(fd_.get(), hash.c_str(), F_OK, 0) == 0;
}

std::string object_store::put(std::string_view content) {
    std::string hash = sha256(content);
    if (holds(hash)) return hash;
    temporary_file file(fd_.get());
    write_all(file.fd(), hash, content);
    file.rename_to(hash);
    return hash;
}

std::string object_store::put_file(int fd, std::string_view path, const std::stop_token& stop) {
    struct stat info;
    if (::fstat(fd, &info) != 0) fail_io("read", path, errno);
    if (info.st_size < streamed_from)
        if (const auto content = read_all(fd, path, streamed_from)) return put(*content);
    if (::lseek(fd, 0, SEEK_SET) != 0) fail_io("read", path, errno);
    temporary_file file(fd_.get());
    std::string hash = copy_and_hash(fd, file.fd(), path, stop);
    if (!holds(hash)) file.rename_to(hash);
    return hash;
}

file_descriptor object_store::open_object(const std::string& hash) const {
    file_descriptor object(::openat(fd_.get(), hash.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!object && errno == ENOENT)
        fail(errc::content_lost, "object " + hash + " of the run is missing; run the task again");
    if (!object) fail_io("open the object", hash, errno);
    return object;
}

std::uint64_t object_store::size(const std::string& hash) const {
    struct stat info;
    if (::fstatat(fd_.get(), hash.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
        fail_io("open the object", hash, errno);
    return static_cast<std::uint64_t>(info.st_size);
}

std::string object_store::get(const std::string& hash) const {
    const file_descriptor object = open_object(hash);
    std::string content = *read_all(object.get(), hash, no_limit);
    if (sha256(content) != hash) fail_damaged(hash);
    return content;
}

void object_store::copy_to(const std::string& hash, int fd, const std::stop_token& stop) const {
    const file_descriptor object = open_object(hash);
    if (copy_and_hash(object.get(), fd, hash, stop) != hash) fail_damaged(hash);
}

void object_store::keep_only(const std::set<std::string>& hashes, const std::stop_token& stop) {
    for (const auto& hash : hashes) {
        throw_if_stopped(stop);
        if (::fsync(open_object(hash).get()) != 0) fail_io("write to disk the object", hash, errno);
    }
    for (const auto& name : names(stop))
        if (!hashes.contains(name)) remove(name);
    if (::fsync(fd_.get()) != 0) fail_io("write to disk the folder", folder_.string(), errno);
}

void object_store::keep_sound(const std::set<std::string>& hashes, const std::stop_token& stop) {
    for (const auto& name : names(stop))
        if (!hashes.contains(name) || !is_sound(name, stop)) remove(name);
}

bool object_store::is_sound(const std::string& hash, const std::stop_token& stop) const {
    const file_descriptor object(
        ::openat(fd_.get(), hash.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    );
    return object && hash_file(object.get(), hash, stop) == hash;
}

std::vector<std::string> object_store::names(const std::stop_token& stop) const {
    const int fd = ::openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) fail_io("open the object store", folder_.string(), errno);
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(fd), ::closedir);
    std::vector<std::string> found;
    while (const dirent* entry = ::readdir(entries.get())) {
        throw_if_stopped(stop);
        const std::string name = entry->d_name;
        if (name != "." && name != "..") found.push_back(name);
    }
    return found;
}

void object_store::remove(const std::string& name) {
    if (::unlinkat(fd_.get(), name.c_str(), 0) != 0) fail_io("delete the object", name, errno);
}

}  // namespace riva
