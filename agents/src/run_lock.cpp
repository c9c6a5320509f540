#include "run_lock.hpp"

#include "lock_holder.hpp"

#include <riva/agents/error.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace riva::agents {
namespace {

error cannot_lock(const std::filesystem::path& folder, int number) {
    return {
        riva::errc::io_failed,
        "The folder of the run, " + folder.string() +
            ", cannot be locked: " + std::generic_category().message(number) + "."
    };
}

}  // namespace

result<run_lock> run_lock::acquire(const std::filesystem::path& folder) {
    run_lock lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (lock.descriptor_ < 0) return cannot_lock(folder, errno);
    while (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        if (errno != EWOULDBLOCK) return cannot_lock(folder, errno);
        const auto holder = find_lock_holder(lock.descriptor_);
        return error{
            errc::run_active,
            "Run " + folder.filename().string() + " is at work already" +
                (holder ? ", in " + to_string(*holder) : "") +
                "; wait for it to end, or stop the process that works on it."
        };
    }
    return lock;
}

run_lock::~run_lock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

run_lock::run_lock(run_lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

run_lock& run_lock::operator=(run_lock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

}  // namespace riva::agents
