#pragma once

#include "effect.hpp"
#include "run_context.hpp"

#include <riva/agents/engine.hpp>
#include <riva/runtime/workspace.hpp>

namespace riva::agents {

/// Records what a run changed and, if the run is to write and is verified, writes it to the
/// repository. That it could not be written is in the result. Throws `run_over`.
asio::awaitable<void> deliver(run_context& run, report& into, workspace& tree);

/// A delivery that the death of a process cut off.
struct unfinished_delivery {
    events::effect_prepared effect;
    events::run_result result;
    bool open = true;  ///< it is not known whether all of it is in the tree
    std::string diff;
};

/// Goes on with it, to the end of the run, whether it is cancelled or not. Errors: those of
/// `apply`; then nothing was recorded.
asio::awaitable<result<void>> finish_delivery(
    run_context& run, report& into, unfinished_delivery what
);

/// The change that the last pass over a run left to be applied; empty: none.
change_set find_change_to_apply(const std::vector<event>& recorded);

/// Writes the change of a run that was recorded to its repository, or takes it back. `folder` is
/// that of the run. Errors: as `engine::apply`.
asio::awaitable<result<change_set>> apply_run(
    riva::journal& record,
    asio::any_io_executor blocking,
    std::filesystem::path folder,
    application what
);

}  // namespace riva::agents
