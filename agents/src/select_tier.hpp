#pragma once

#include "ask_model.hpp"
#include "work_item.hpp"

#include <riva/llm/tier.hpp>

#include <string_view>

namespace riva::agents {

/// The tier for the next question about an intention: by its complexity, by the record of such
/// work, and one up for each attempt that failed. `purpose` is the name of the schema of the
/// answer.
asio::awaitable<tier_decision> select_tier(work_item& item, std::string_view purpose);

}  // namespace riva::agents
