#include "turnstile.hpp"

#include <map>
#include <string>

namespace riva::memory {

std::shared_ptr<turnstile> turnstile::of(const std::filesystem::path& file) {
    static std::mutex guard;
    static std::map<std::string, std::weak_ptr<turnstile>> all;
    std::error_code ignored;
    const std::string name = std::filesystem::absolute(file, ignored).lexically_normal().string();
    const std::lock_guard lock(guard);
    std::erase_if(all, [](const auto& entry) { return entry.second.expired(); });
    auto found = all[name].lock();
    if (!found) all[name] = found = std::make_shared<turnstile>();
    return found;
}

bool turnstile::enter(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(guard_);
    const std::uint64_t mine = next_++;
    waiting_.push_back(mine);
    const bool entered =
        moved_.wait_until(lock, until, [&] { return !taken_ && waiting_.front() == mine; });
    std::erase(waiting_, mine);
    if (entered)
        taken_ = true;
    else
        moved_.notify_all();
    return entered;
}

void turnstile::leave() {
    {
        const std::lock_guard lock(guard_);
        taken_ = false;
    }
    moved_.notify_all();
}

std::size_t turnstile::waiting() {
    const std::lock_guard lock(guard_);
    return waiting_.size();
}

}  // namespace riva::memory
