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
    std::vector<std::string>
        read_only;     ///< files and folders below `root` that the command may not change
    std::string input;
    std::size_t keep = 64 * 1024;
    std::size_t flood = 64 * 1024 * 1024;
};

/// Runs commands so that they can do no harm outside of one folder.
class sandbox {
public:
    virtual ~sandbox() = default;

    /// Runs to the end; no process is left when this returns or throws.
    /// Errors: `errc::command_not_found`, `errc::sandbox_unavailable`, `errc::io_failed`,
    /// `errc::path_outside` for a `cwd` outside of the root. Cancellation: terminal.
    virtual asio::awaitable<result<process_exit>> run(sandbox_command command, deadline by) = 0;

    /// One line for `riva doctor`.
    virtual std::string description() const = 0;
};

/// Bubblewrap: no network, nothing writable but the workspace and a private /tmp, home hidden,
/// environment scrubbed, no capabilities, own session and process namespace.
std::unique_ptr<sandbox> make_bubblewrap_sandbox();

/// No isolation: own process group, scrubbed environment and output limits only. For `--sandbox
/// off`.
std::unique_ptr<sandbox> make_open_sandbox();

/// Whether bubblewrap works on this machine, found out by running it.
/// Errors: `errc::sandbox_unavailable` with the reason and what to do.
asio::awaitable<result<void>> probe_bubblewrap(deadline by);

}  // namespace riva
