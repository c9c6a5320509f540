#include "what_if.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace riva::agents {
namespace {

/// Whether `what_if` compares what depends on it.
bool is_decided_again(std::string_view key) {
    static constexpr std::array decided = {
        std::string_view("approve"),
        std::string_view("max_calls"),
        std::string_view("max_cycles"),
        std::string_view("max_depth"),
        std::string_view("max_steps"),
        std::string_view("max_tokens"),
        std::string_view("max_usd"),
        std::string_view("memory"),
        std::string_view("strategy.model_selection"),
        std::string_view("strategy.pattern_memory"),
        std::string_view("verify.batch"),
        std::string_view("verify.batch_most"),
        std::string_view("verify.by_risk"),
        std::string_view("verify.judge"),
    };
    if (key.starts_with("models.fallback.")) return false;  // asked only when a provider fails
    return key == "model" || key.starts_with("models.") || key.starts_with("trust.") ||
           std::ranges::find(decided, key) != decided.end();
}

}  // namespace

std::set<std::string> not_decided_again(const settings& recorded, const settings& other) {
    const auto before = recorded.describe(), now = other.describe();
    std::set<std::string> others;
    const auto note_what_differs = [&](const auto& of_one, const auto& of_other) {
        for (const auto& [key, value] : of_one) {
            const auto same = of_other.find(key);
            const bool differs = same == of_other.end() || same->second != value;
            if (differs && !is_decided_again(key)) others.insert(key);
        }
    };
    note_what_differs(before, now);
    note_what_differs(now, before);
    return others;
}

}  // namespace riva::agents
