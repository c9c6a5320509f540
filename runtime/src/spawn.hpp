#pragma once

#include "file_descriptor.hpp"

#include <riva/runtime/error.hpp>
#include <riva/runtime/process.hpp>

#include <sys/types.h>

#include <string_view>
#include <vector>

namespace riva {

/// Both empty, and `errno` says why, when the system refused.
struct pipe_ends {
    file_descriptor read;
    file_descriptor write;
};

pipe_ends make_pipe();

/// A program that was started: the leader of a session and of a process group of its own.
struct spawned {
    pid_t pid = -1;
    file_descriptor pidfd;
    file_descriptor output;  ///< reads what it writes
    file_descriptor errors;
};

/// Starts `request.argv`. The process gets its three standard streams and `passed`, as descriptors
/// 3, 4, ..., and nothing else of ours: no other descriptor, no environment, no signal mask or
/// disposition. Its standard input is a file that holds `request.input`.
/// Errors: those of `run_process`.
result<spawned> spawn(const process_request& request, std::vector<file_descriptor> passed);

/// "cannot run 'name': " and what the system said about it.
error cannot_run(std::string_view name, std::string_view why, int system_error);

}  // namespace riva
