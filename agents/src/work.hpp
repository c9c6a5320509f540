#pragma once

#include "run_context.hpp"

#include <riva/runtime/intention.hpp>
#include <riva/runtime/workspace.hpp>

#include <string>
#include <vector>

namespace riva::agents {

/// The work loop: acts on an intention until its acceptance has evidence, and splits it when acting
/// does not get there. On return the intention has ended, and what it changed is in `tree`; after a
/// failure the tree is as the last kept step left it. The event of its end is left to the caller,
/// who knows whether the change fits where it belongs. What it spends is booked below `money` too.
/// `ancestors` are the goals above, root first;
/// empty: this is the root. Throws `run_over` when the run ends. Cancellation: terminal; nothing it
/// started is alive.
asio::awaitable<void> work(
    run_context& run,
    intention& it,
    workspace& tree,
    ledger& money,
    std::vector<std::string> ancestors
);

}  // namespace riva::agents
