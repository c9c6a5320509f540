#pragma once

#include "work_item.hpp"

namespace riva::agents {

/// Told when a person, or a program in their stead, refused what the parts did together.
inline constexpr std::string_view not_accepted = "What the parts did together was not accepted.";

/// Whether what has happened so far asks for a decomposition.
bool should_split(const work_item& item, const settings& limits);

/// Asks for a plan, works on its parts, each on a fork of the tree, independent ones at once,
/// merges them in the order in which they end, and checks the acceptance on the merged tree. Leaves
/// the intention active if that did not succeed: the reason is in `item.note`. Cancellation:
/// terminal; nothing it started is alive.
asio::awaitable<void> split(work_item& item);

}  // namespace riva::agents
