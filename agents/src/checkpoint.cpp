#include <riva/agents/checkpoint.hpp>

namespace riva::agents {

asio::awaitable<bool>
checkpoint::approve_action(const intention&, const action&, const verify::risk&) {
    co_return false;
}

asio::awaitable<bool>
checkpoint::approve_decomposition(const intention&, std::span<const intention>) {
    co_return true;
}

asio::awaitable<std::optional<judgment>> checkpoint::judge_action(const intention&, const cycle&) {
    co_return std::nullopt;
}

asio::awaitable<bool> checkpoint::verify_integration(const intention&, std::span<const evidence>) {
    co_return true;
}

asio::awaitable<std::string> checkpoint::review_reflection(const intention&, const cycle&) {
    co_return std::string();
}

}  // namespace riva::agents
