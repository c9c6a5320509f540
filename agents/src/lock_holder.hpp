#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace riva::agents {

/// A process that holds a `flock`.
struct lock_holder {
    int process = 0;
    std::chrono::sys_seconds since;  ///< that it runs
};

/// Who holds a lock on the open file, as far as the system tells: not across containers, nor on
/// file systems of other machines.
std::optional<lock_holder> find_lock_holder(int descriptor);

/// `process 12 since 2026-11-23 10:00:00 UTC`
std::string to_string(const lock_holder& who);

}  // namespace riva::agents
