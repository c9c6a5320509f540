#include "unrecorded_run.hpp"

#include "run_lock.hpp"

#include <riva/agents/error.hpp>
#include <riva/runtime/offload.hpp>
#include <riva/runtime/workspace.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <stop_token>
#include <system_error>
#include <utility>
#include <vector>

namespace riva::agents {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours safe_age{1};

error cannot_mark(const fs::path& file, int number) {
    return {
        riva::errc::io_failed,
        "The file " + file.string() + ", which marks a new run, cannot be used: " +
            std::generic_category().message(number) + "."
    };
}

bool is_old(const fs::path& file) {
    std::error_code failed;
    const auto written = fs::last_write_time(file, failed);
    return !failed && fs::file_time_type::clock::now() - written > safe_age;
}

/// Whoever held the lock may have removed the file in the meantime.
bool is_still(int descriptor, const fs::path& file) {
    struct stat open, named;
    return ::fstat(descriptor, &open) == 0 && ::lstat(file.c_str(), &named) == 0 &&
           open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

/// The marks of dead processes.
std::vector<unrecorded_run> take_over_all(const fs::path& marks) {
    std::vector<unrecorded_run> dead;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(marks, none)) {
        auto taken = unrecorded_run::take_over(entry.path());
        if (taken) dead.push_back(std::move(*taken));
    }
    return dead;
}

bool is_among(const std::vector<run_summary>& all, const std::string& run) {
    return std::ranges::any_of(all, [&](const run_summary& one) { return one.id == run; });
}

}  // namespace

result<unrecorded_run> unrecorded_run::mark(const fs::path& state_folder, const std::string& run) {
    const fs::path marks = state_folder / "starting";
    if (::mkdir(marks.c_str(), 0700) != 0 && errno != EEXIST) return cannot_mark(marks, errno);
    unrecorded_run made(marks / run);
    if (const auto locked = made.lock(O_CREAT); !locked) return locked.error();
    ::futimens(made.descriptor_, nullptr);  // an earlier run of this name may have left it
    return made;
}

result<unrecorded_run> unrecorded_run::take_over(const fs::path& file) {
    if (!is_old(file)) return error{errc::run_active, "The run begins just now."};
    unrecorded_run taken(file);
    if (const auto locked = taken.lock(0); !locked) return locked.error();
    // Another run of this name may have taken it over first.
    if (!is_old(file)) return error{errc::run_active, "The run begins just now."};
    return taken;
}

result<void> unrecorded_run::lock(int flags) {
    for (;;) {
        descriptor_ = ::open(file_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
        if (descriptor_ < 0) return cannot_mark(file_, errno);
        if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK && errno != EINTR) return cannot_mark(file_, errno);
            return error{
                errc::run_active, "Run " + run() + " is at work already; wait for it to end."
            };
        }
        if (is_still(descriptor_, file_)) return {};
        ::close(std::exchange(descriptor_, -1));
    }
}

void unrecorded_run::remove() {
    ::unlink(file_.c_str());
}

unrecorded_run::~unrecorded_run() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

unrecorded_run::unrecorded_run(unrecorded_run&& other) noexcept
    : file_(std::move(other.file_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

unrecorded_run& unrecorded_run::operator=(unrecorded_run&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

namespace {

asio::awaitable<void> remove_unrecorded_runs(
    fs::path state_folder, journal& record, asio::any_io_executor blocking
) {
    std::vector<unrecorded_run> dead;
    co_await offload(blocking, [&](std::stop_token) {
        dead = take_over_all(state_folder / "starting");
    });
    if (dead.empty()) co_return;
    const auto recorded = co_await record.runs();
    if (!recorded) co_return;
    for (auto& one : dead) {
        if (!is_among(*recorded, one.run())) {
            const fs::path folder = state_folder / "runs" / one.run();
            const auto lock = run_lock::acquire(folder);
            if (!lock && lock.error().code == errc::run_active) continue;
            const auto removed = co_await workspace::remove_folder(folder, blocking);
            if (!removed) continue;
        }
        one.remove();
    }
}

}  // namespace

asio::awaitable<result<unrecorded_run>> mark_new_run(
    fs::path state_folder, std::string run, journal& record, asio::any_io_executor blocking
) {
    co_await remove_unrecorded_runs(state_folder, record, blocking);
    result<unrecorded_run> made = error{};
    co_await offload(blocking, [&](std::stop_token) {
        made = unrecorded_run::mark(state_folder, run);
    });
    co_return std::move(made);
}

}  // namespace riva::agents
