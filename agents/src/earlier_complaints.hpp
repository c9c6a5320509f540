#pragma once

#include "run_context.hpp"

#include <riva/runtime/workspace.hpp>

#include <string>
#include <vector>

namespace riva::agents {

/// A semantic check looks at whole files, so it also fails for what was wrong before the change.
/// Where all that it complains of stood in the tree as it was staged, it says nothing about the
/// change: `indeterminate`. Leaves the tree in the state that it was staged in, if anything was to
/// be compared. Errors: those of the workspace. Cancellation: terminal; leaves no process.
asio::awaitable<result<void>> set_earlier_complaints_aside(
    run_context& run,
    const intention& it,
    workspace& tree,
    int round,
    std::vector<std::string> changed,
    std::vector<evidence>& found
);

}  // namespace riva::agents
