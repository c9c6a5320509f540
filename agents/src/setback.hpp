#pragma once

#include "work_item.hpp"

#include <cstddef>
#include <string>

/// What happens when an attempt did not work out.
namespace riva::agents {

/// Told with what a person added to the evidence of a failure.
inline constexpr std::string_view said_to_the_model = "Said to the model: ";

/// Makes the tree what it was before a step, and says so. Throws `run_over` if that is not
/// possible.
asio::awaitable<void> roll_back(
    work_item& item, int cycle, workspace::snapshot before, std::string reason
);

/// Books the failed attempt at this place of the trace; the person who watches may add a hint for
/// the next one.
asio::awaitable<void> book_failure(work_item& item, std::size_t attempt);

}  // namespace riva::agents
