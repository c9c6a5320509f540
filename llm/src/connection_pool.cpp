#include "connection_pool.hpp"

#include <utility>

namespace riva::llm {

std::unique_ptr<connection> connection_pool::take(
    const http_origin& origin, const asio::any_io_executor& executor
) {
    const auto found = idle_.find(origin);
    if (found == idle_.end()) return nullptr;
    auto& waiting = found->second;
    while (!waiting.empty()) {
        auto link = std::move(waiting.back());
        waiting.pop_back();
        if (link->executor() == executor && link->alive()) return link;
    }
    idle_.erase(found);
    return nullptr;
}

void connection_pool::put(std::unique_ptr<connection> idle) {
    auto& waiting = idle_[idle->origin()];
    if (waiting.size() >= per_origin_) return;
    idle->park();
    waiting.push_back(std::move(idle));
}

}  // namespace riva::llm
