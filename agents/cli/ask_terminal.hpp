#pragma once

#include <riva/agents/checkpoint.hpp>

namespace riva::cli {

/// Asks the person at the terminal about risky commands and about decompositions. Without a
/// terminal it refuses, and waits for nobody.
class ask_terminal final : public agents::checkpoint {
public:
    asio::awaitable<bool> approve_action(
        const intention& of, const action& a, const verify::risk& why
    ) override;
    asio::awaitable<bool> approve_decomposition(
        const intention& of, std::span<const intention> parts
    ) override;
};

}  // namespace riva::cli
