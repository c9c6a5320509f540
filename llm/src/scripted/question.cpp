#include "scripted/question.hpp"

#include <numeric>

namespace riva::llm::scripted {

model_tier tier_of(std::string_view model) {
    model_tier tier = model_tier::large;
    std::size_t first = std::string_view::npos;
    for (const model_tier t : {model_tier::small, model_tier::medium, model_tier::large}) {
        const std::size_t at = model.find(to_string(t));
        if (at >= first) continue;
        first = at;
        tier = t;
    }
    return tier;
}

std::string_view to_string(model_tier tier) {
    switch (tier) {
        case model_tier::small: return "small";
        case model_tier::medium: return "medium";
        case model_tier::large: break;
    }
    return "large";
}

std::int64_t prompt_tokens(const question& q) {
    return tokens_in(std::accumulate(
        q.messages.begin(),
        q.messages.end(),
        std::size_t{0},
        [](std::size_t sum, const std::string& text) { return sum + text.size(); }
    ));
}

std::string beginning_of(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return std::string(text);
    std::size_t end = bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return std::string(text.substr(0, end)) + "...";
}

}  // namespace riva::llm::scripted
