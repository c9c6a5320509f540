#pragma once

#include "canary_tally.hpp"
#include "run_context.hpp"

#include <riva/runtime/intention.hpp>
#include <riva/runtime/workspace.hpp>

namespace riva::agents {

/// Puts faults into the verified change, one at a time, on a copy of the tree in the folder of the
/// run, and has each looked at by the checks that the acceptance consists of. A mutant counts once
/// its checks have ended: caught, or missed. One that does not parse or compile counts as neither,
/// since the cheapest check sees that, and so does one that a check crashed on or cannot tell
/// about. Ends early when the run is asked to stop, when its deadline nears, and when the copy
/// cannot be made, which is said in the log: the run is as verified as it was.
///
/// `seen` and the counts in the result of the run grow with each mutant. Throws `run_over` if the
/// journal fails. Cancellation: terminal; leaves no process and no copy, and what has been seen.
asio::awaitable<void> release_canaries(
    run_context& run, const intention& root, workspace& tree, canary_tally& seen
);

}  // namespace riva::agents
