#pragma once

#include "file_descriptor.hpp"
#include "spawn.hpp"

#include <riva/runtime/awaitable.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/types.h>

#include <optional>

namespace riva {

/// A running program with all processes of its group. Whatever is still alive when this object ends
/// is killed then.
class child_process {
public:
    child_process(const asio::any_io_executor& on, pid_t pid, file_descriptor pidfd);
    /// Blocks until the program is gone, unless `bury` was awaited.
    ~child_process();
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;

    /// Takes charge of the first process of a pid namespace as well, a child of the program: all
    /// processes in the namespace die with it. Returns false when there is no such process.
    bool adopt(pid_t first_in_namespace);

    /// Asks the processes to end: SIGTERM.
    void terminate() noexcept;
    void kill() noexcept;
    /// The last signal that was sent, 0 for none.
    int last_signal() const noexcept { return last_signal_; }

    /// Suspends until the program itself has ended.
    asio::awaitable<void> ended();

    struct status {
        int exit_code = -1;
        int signal = 0;
    };

    /// Kills what is left, waits until all of it is gone, and says how the program itself ended.
    asio::awaitable<status> bury();

private:
    using watched = asio::posix::stream_descriptor;

    static asio::awaitable<void> ended(watched& pidfd);
    void reap() noexcept;

    pid_t pid_;
    watched pidfd_;
    pid_t first_in_namespace_ = -1;
    std::optional<watched> namespace_pidfd_;
    int last_signal_ = 0;
    bool reaped_ = false;
    status status_;
};

}  // namespace riva
