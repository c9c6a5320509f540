#pragma once

#include "turnstile.hpp"

#include <riva/runtime/error.hpp>

#include <chrono>
#include <filesystem>
#include <memory>

namespace riva::memory {

/// The right to write a database, among the processes that use it: an exclusive `flock` on a file
/// beside it. SQLite before 3.51.3 can damage a WAL that two processes write or checkpoint at once,
/// so whoever writes or checkpoints holds this lock. The threads of one process come in order.
class write_lock {
public:
    /// Waits at most `patience`. Errors: busy, read_only, io_failed.
    static result<write_lock> acquire(
        const std::filesystem::path& database, std::chrono::milliseconds patience
    );
    ~write_lock();
    write_lock(write_lock&& other) noexcept;
    write_lock& operator=(write_lock&& other) noexcept;

private:
    write_lock(std::shared_ptr<turnstile> entered, int descriptor);

    std::shared_ptr<turnstile> entered_;  // whoever waits in it may outlive this
    int descriptor_ = -1;
};

}  // namespace riva::memory
