#include "scripted/suite_draw.hpp"

#include "random_stream.hpp"

#include <utility>

namespace riva::llm::scripted {

std::size_t suite_draw::next(model_tier tier) {
    const auto t = static_cast<std::size_t>(tier);
    stream& s = streams_[t];
    if (!std::exchange(s.shuffled, true)) {
        s.order = task_->pools[t];
        random_stream random(seed_);
        random.mix(task_->id).mix(to_string(tier));
        for (std::size_t left = s.order.size(); left > 1; --left)
            std::swap(s.order[left - 1], s.order[random.below(left)]);
    }
    while (s.position < s.order.size()) {
        const recorded_answer& drawn = s.order[s.position++];
        if (given_.insert(drawn.code).second) return drawn.code;
    }
    return repeated(s);
}

std::size_t suite_draw::repeated(const stream& s) const {
    if (task_->canonical) return *task_->canonical;
    for (auto drawn = s.order.rbegin(); drawn != s.order.rend(); ++drawn)
        if (drawn->right) return drawn->code;
    return s.order.back().code;
}

}  // namespace riva::llm::scripted
