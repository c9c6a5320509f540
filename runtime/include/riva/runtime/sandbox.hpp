#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/deadline.hpp>
#include <riva/runtime/error.hpp>
#include <riva/runtime/process.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace riva {

/// A command for a sandbox. `root` is the only place it may write to, besides a private /tmp.
struct sandbox_command {
    std::vector<std::string> argv;
    std::filesystem::path root;             ///< absolute; the workspace
    std::string cwd;                        ///< relative to `root`
    /// Files and folders below `root` that the command may not change, and not create where they
    /// are missing. They must not be symbolic links.
    std::vector<std::string> read_only;
    std::string input;
    std::size_t keep = std::size_t{64} * 1024;
    std::size_t flood = std::size_t{64} * 1024 * 1024;
};

/// Runs commands so that they can do no harm outside of one folder.
class sandbox {
public:
    virtual ~sandbox() = default;

    /// Runs to the end; no process is left when this returns or throws.
    /// Errors: `errc::command_not_found`; `errc::sandbox_unavailable`; `errc::io_failed`;
    /// `errc::path_invalid` and `errc::file_missing` for a `root` or `cwd` that is no folder;
    /// `errc::path_outside` for a `cwd` or `read_only` path outside of the root;
    /// `errc::path_symlink` for a `read_only` path through a symbolic link. Cancellation: terminal.
    virtual asio::awaitable<result<process_exit>> run(sandbox_command command, deadline by) = 0;

    /// One line for `riva doctor`.
    virtual std::string description() const = 0;
};

/// Bubblewrap: no network and no sockets, nothing writable but the workspace and a private /tmp,
/// home hidden, environment scrubbed, no capabilities, own session and process namespace. A command
/// that a signal ended has the exit code 128 + signal.
///
/// A folder that holds a `read_only` path cannot be renamed, and nothing can be renamed into or out
/// of it (EXDEV; mv copies instead).
/// The thread that starts a command must live until its end, as threads that run an `io_context`
/// do: the kernel kills the sandbox with the thread.
std::unique_ptr<sandbox> make_bubblewrap_sandbox();

/// No isolation: own process group, scrubbed environment and output limits only; `read_only` is not
/// enforced, and a daemon with a session of its own survives. For `--sandbox off`.
std::unique_ptr<sandbox> make_open_sandbox();

/// Whether bubblewrap works on this machine, found out by running it.
/// Errors: `errc::sandbox_unavailable` with the reason and what to do.
asio::awaitable<result<void>> probe_bubblewrap(deadline by);

}  // namespace riva
