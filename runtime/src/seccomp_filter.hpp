#pragma once

#include <riva/runtime/error.hpp>

#include <string>

namespace riva {

/// A filter of system calls for commands in a sandbox, as a program that `bwrap --seccomp` reads.
/// Refused are: sockets, but for connected pairs; whatever mounts, traces, loads kernel code or
/// makes namespaces; io_uring, which goes around filters; and typing into a terminal.
/// Errors: `errc::sandbox_unavailable`.
result<std::string> seccomp_filter();

}  // namespace riva
