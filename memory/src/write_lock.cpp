#include "write_lock.hpp"

#include <riva/memory/error.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace riva::memory {
namespace {

constexpr std::chrono::milliseconds between_tries{10};

error cannot_lock(const std::filesystem::path& file, int number) {
    const bool refused = number == EACCES || number == EROFS || number == EPERM;
    return error{
        refused ? errc::read_only : errc::io_failed,
        "The database cannot be locked with " + file.string() + ": " +
            std::generic_category().message(number) + "; make its folder writable."
    };
}

/// The process that holds a lock on a file, as the kernel lists it; 0: not known.
/// See proc_locks(5): `1: FLOCK  ADVISORY  WRITE 4242 fe:00:1234 0 EOF`.
long holder_of(int descriptor) {
    struct stat file{};
    if (::fstat(descriptor, &file) != 0) return 0;
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        std::istringstream words(line);
        std::string number, kind, how, what, place;
        long process = 0;
        words >> number >> kind >> how >> what >> process >> place;
        const auto inode = place.rfind(':');
        if (kind == "FLOCK" && inode != std::string::npos &&
            place.substr(inode + 1) == std::to_string(file.st_ino))
            return process;
    }
    return 0;
}

std::string name_holder(int descriptor) {
    const long process = holder_of(descriptor);
    if (process <= 0) return "Another process";
    if (process == ::getpid()) return "This process";
    return "Process " + std::to_string(process);
}

}  // namespace

result<write_lock> write_lock::acquire(
    const std::filesystem::path& database, std::chrono::milliseconds patience
) {
    const std::filesystem::path file = database.string() + ".lock";
    write_lock lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (lock.descriptor_ < 0) return cannot_lock(file, errno);
    const auto until = std::chrono::steady_clock::now() + patience;
    while (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) return cannot_lock(file, errno);
        if (std::chrono::steady_clock::now() >= until)
            return error{
                errc::busy,
                name_holder(lock.descriptor_) + " keeps writing to " + database.string() +
                    "; wait for it to end, or use another state folder."
            };
        std::this_thread::sleep_for(between_tries);
    }
    return lock;
}

write_lock::~write_lock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

write_lock::write_lock(write_lock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

write_lock& write_lock::operator=(write_lock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

}  // namespace riva::memory
