#include <riva/llm/governors.hpp>

namespace riva::llm {

std::shared_ptr<governor> governors::of(const governed_endpoint& endpoint) {
    const std::lock_guard held(guard_);
    auto& one = all_[endpoint];
    if (!one)
        one =
            std::make_shared<governor>(endpoint.model + " at " + endpoint.base_url, policy_, time_);
    return one;
}

void governors::configuration_changed() {
    const std::lock_guard held(guard_);
    for (const auto& [endpoint, one] : all_) one->configuration_changed();
}

}  // namespace riva::llm
