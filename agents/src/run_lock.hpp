#pragma once

#include <riva/runtime/error.hpp>

#include <filesystem>

namespace riva::agents {

/// The right to work on a run, among all processes: an exclusive `flock` on its folder, which the
/// system gives back when the process ends, however it ends.
class run_lock {
public:
    /// Does not wait. `folder` must exist. Errors: `errc::run_active`, `riva::errc::io_failed`.
    static result<run_lock> acquire(const std::filesystem::path& folder);
    ~run_lock();
    run_lock(run_lock&& other) noexcept;
    run_lock& operator=(run_lock&& other) noexcept;

private:
    explicit run_lock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

}  // namespace riva::agents
