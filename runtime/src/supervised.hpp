#pragma once

#include "file_descriptor.hpp"

#include <riva/runtime/process.hpp>

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace riva {

/// Where a sandbox stops before it runs the command, so that its namespace can be taken charge of
/// first. Should this process be killed meanwhile, the command does not run.
struct namespace_gate {
    /// Reads what the sandbox reports, a line each; the first names the first process of the
    /// namespace as `"child-pid": N`.
    file_descriptor status;
    /// The sandbox goes on when this is closed, and then asks at `door`.
    file_descriptor hold;
    /// A line comes from here when the sandbox dies with this process, and the command runs when it
    /// is answered with a line.
    file_descriptor door;
    /// A process beside the sandbox that kills the sandbox when this is closed, also by the end of
    /// this process, and ends by itself when a line comes first.
    file_descriptor watcher;
    /// Called with the process id before the command runs.
    std::function<void(pid_t)> prepare;
};

struct supervised_request {
    process_request request;
    std::vector<file_descriptor> passed = {};  ///< descriptors 3, 4, ... of the process
    std::optional<namespace_gate> gate = {};
};

struct supervised_exit {
    process_exit exit;
    std::string status;  ///< all that was reported through the gate
};

/// `run_process` for programs that need more than their standard streams.
asio::awaitable<result<supervised_exit>> run_supervised(supervised_request what, deadline by);

}  // namespace riva
