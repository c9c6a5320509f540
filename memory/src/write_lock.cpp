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

constexpr std::chrono::milliseconds between_tries{5};

error cannot_lock(const std::filesystem::path& file, int number) {
    const bool refused = number == EACCES || number == EROFS || number == EPERM;
    return error{
        refused ? errc::read_only : errc::io_failed,
        "The database cannot be locked with " + file.string() + ": " +
            std::generic_category().message(number) + "; make its folder writable."
    };
}

/// The process that holds the lock `file`, as the kernel lists it; 0: not known.
/// See proc_locks(5): `1: FLOCK  ADVISORY  WRITE 4242 fe:00:1234 0 EOF`.
long holder_of(const std::filesystem::path& file) {
    struct stat found{};
    if (::lstat(file.c_str(), &found) != 0) return 0;
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        std::istringstream words(line);
        std::string number, kind, how, what, place;
        long process = 0;
        words >> number >> kind >> how >> what >> process >> place;
        const auto inode = place.rfind(':');
        if (kind == "FLOCK" && inode != std::string::npos &&
            place.substr(inode + 1) == std::to_string(found.st_ino))
            return process;
    }
    return 0;
}

std::string name_holder(const std::filesystem::path& file) {
    const long process = holder_of(file);
    if (process <= 0) return "Another process";
    if (process == ::getpid()) return "This process";
    return "Process " + std::to_string(process);
}

error busy(const std::filesystem::path& database, const std::filesystem::path& file) {
    return error{
        errc::busy,
        name_holder(file) + " keeps writing to " + database.string() +
            "; wait for it to end, or use another state folder."
    };
}

}  // namespace

result<write_lock> write_lock::acquire(
    const std::filesystem::path& database, std::chrono::milliseconds patience
) {
    const auto until = std::chrono::steady_clock::now() + patience;
    const std::filesystem::path file = database.string() + ".lock";
    auto turn = turnstile::of(database);
    if (!turn->enter(until)) return busy(database, file);
    write_lock lock(
        std::move(turn), ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)
    );
    if (lock.descriptor_ < 0) return cannot_lock(file, errno);
    while (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) return cannot_lock(file, errno);
        if (std::chrono::steady_clock::now() >= until) return busy(database, file);
        std::this_thread::sleep_for(between_tries);
    }
    return lock;
}

write_lock::write_lock(std::shared_ptr<turnstile> entered, int descriptor)
    : entered_(std::move(entered)), descriptor_(descriptor) {}

write_lock::~write_lock() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (entered_) entered_->leave();
}

write_lock::write_lock(write_lock&& other) noexcept
    : entered_(std::move(other.entered_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

write_lock& write_lock::operator=(write_lock&& other) noexcept {
    std::swap(entered_, other.entered_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

}  // namespace riva::memory
