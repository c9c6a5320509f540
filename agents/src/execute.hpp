#pragma once

#include "run_context.hpp"

#include <riva/runtime/workspace.hpp>

namespace riva::agents {

/// Carries an action out in the staged workspace. A command that ended by itself is an outcome,
/// whatever its exit status; one that did not is an error, and so is an action that the workspace
/// refuses. The tree may have changed after an error of a command. Cancellation: terminal; no
/// process is left.
asio::awaitable<result<outcome>> execute(run_context& run, workspace& tree, action what);

}  // namespace riva::agents
