#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>

namespace riva::memory {

/// Lets the threads of this process through one at a time, first come first served. With a lock
/// that each of them asks for again and again, as `flock` has to be, one could go short for long.
class turnstile {
public:
    /// The one that belongs to a file.
    static std::shared_ptr<turnstile> of(const std::filesystem::path& file);

    /// Waits for its turn, at most until then. Whoever was let in leaves.
    bool enter(std::chrono::steady_clock::time_point until);
    void leave();

    std::size_t waiting();

private:
    std::mutex guard_;
    std::condition_variable moved_;
    std::deque<std::uint64_t> waiting_;
    std::uint64_t next_ = 0;
    bool taken_ = false;
};

}  // namespace riva::memory
