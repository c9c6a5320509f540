#include "what_if.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace riva::agents {

std::vector<std::string> not_decided_again(const std::map<std::string, std::string>& changes) {
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
    std::vector<std::string> others;
    for (const auto& [key, value] : changes) {
        const bool known = std::ranges::find(decided, std::string_view(key)) != decided.end();
        const bool of_models = key == "model" || key.starts_with("models.");
        if (!known && !of_models && !key.starts_with("trust.")) others.push_back(key);
    }
    return others;
}

}  // namespace riva::agents
