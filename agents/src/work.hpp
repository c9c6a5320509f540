#pragma once

#include "run_context.hpp"

#include <riva/agents/complexity.hpp>
#include <riva/runtime/intention.hpp>
#include <riva/runtime/workspace.hpp>

#include <string>
#include <vector>

namespace riva::agents {

/// Assesses an intention that is going to be worked on in `tree`, and tells that it has started.
/// `depth` is how many goals stand above it. Throws `run_over` when the run ends.
asio::awaitable<complexity> begin(
    run_context& run, const intention& it, const workspace& tree, int depth
);

/// The work loop: acts on an intention until its acceptance has evidence, and splits it when acting
/// does not get there. On return the intention has ended, and what it changed is in `tree`; after a
/// failure the tree is as the last kept step left it. The events of its start and end are left to
/// the caller, who knows which tree it began with (`begin`) and whether the change fits where it
/// belongs. What it spends is booked below `money` too.
/// `ancestors` are the goals above, root first;
/// empty: this is the root; `prior` is what `begin` made of it. Throws `run_over` when the run
/// ends. Cancellation: terminal; nothing it started is alive.
asio::awaitable<void> work(
    run_context& run,
    intention& it,
    workspace& tree,
    ledger& money,
    std::vector<std::string> ancestors,
    complexity prior
);

}  // namespace riva::agents
