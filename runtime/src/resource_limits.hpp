#pragma once

#include <sys/types.h>

namespace riva {

/// Limits what a sandboxed process and all that it starts may use: no core files, 4096 open files,
/// files of 2 GiB, and 1024 processes, which the kernel does not enforce for root.
void limit_resources(pid_t process);

}  // namespace riva
