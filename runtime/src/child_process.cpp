#include "child_process.hpp"

#include <riva/runtime/with_deadline.hpp>

#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

namespace riva {
namespace {

bool has_ended(int pidfd) noexcept {
    pollfd query{pidfd, POLLIN, 0};
    return ::poll(&query, 1, 0) > 0;
}

void kill_by(int pidfd) noexcept {
    ::syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, nullptr, 0);
}

}  // namespace

child_process::child_process(const asio::any_io_executor& on, pid_t pid, file_descriptor pidfd)
    : pid_(pid), pidfd_(on) {
    error_code ec;
    pidfd_.assign(pidfd.get(), ec);
    if (ec) {
        kill();
        reap();
        throw boost::system::system_error(ec, "a process cannot be watched");
    }
    pidfd.release();
}

child_process::~child_process() {
    if (reaped_) return;
    kill();
    reap();
}

bool child_process::adopt(pid_t first_in_namespace) {
    file_descriptor fd(static_cast<int>(::syscall(SYS_pidfd_open, first_in_namespace, 0)));
    if (!fd) return false;
    namespace_pidfd_.emplace(pidfd_.get_executor(), fd.get());
    fd.release();
    first_in_namespace_ = first_in_namespace;
    return true;
}

void child_process::terminate() noexcept {
    last_signal_ = SIGTERM;
    // The first process ignores the signal; its group is the command, which then ends the program.
    if (namespace_pidfd_ && !has_ended(namespace_pidfd_->native_handle()))
        ::kill(-first_in_namespace_, SIGTERM);
    else if (!reaped_)
        ::kill(-pid_, SIGTERM);
}

void child_process::kill() noexcept {
    if (!has_ended(pidfd_.native_handle())) last_signal_ = SIGKILL;
    if (namespace_pidfd_) kill_by(namespace_pidfd_->native_handle());
    if (!reaped_) ::kill(-pid_, SIGKILL);  // until it is reaped, nobody else can have its number
}

asio::awaitable<void> child_process::ended(watched& pidfd) {
    // A wait can end early, on a stale event of a descriptor that had the same number.
    while (!has_ended(pidfd.native_handle()))
        co_await pidfd.async_wait(watched::wait_read, asio::use_awaitable);
}

asio::awaitable<void> child_process::ended() {
    return ended(pidfd_);
}

void child_process::reap() noexcept {
    siginfo_t how{};
    int rc = 0;
    do {
        rc = ::waitid(P_PID, static_cast<id_t>(pid_), &how, WEXITED);
    } while (rc != 0 && errno == EINTR);
    reaped_ = true;
    if (rc != 0) return;
    if (how.si_code == CLD_EXITED)
        status_ = {how.si_status, 0};
    else
        status_ = {-1, how.si_status};
}

asio::awaitable<child_process::status> child_process::bury() {
    kill();
    co_await ended(pidfd_);
    reap();
    if (namespace_pidfd_) co_await ended(*namespace_pidfd_);
    // Orphans of the group were killed too, but only init is told when they are gone. Where init
    // reaps nothing they stay as zombies, hence the limit.
    for (std::chrono::milliseconds pause(1); pause.count() < 300 && ::kill(-pid_, 0) == 0;
         pause *= 2)
        co_await sleep_for(pause);
    co_return status_;
}

}  // namespace riva
