#pragma once

#include "run_context.hpp"

#include <riva/agents/engine.hpp>
#include <riva/runtime/workspace.hpp>

#include <string_view>

namespace riva::agents {

/// Why an intention ended that was at work when the run ended.
inline constexpr std::string_view end_of_run = "The run ended.";

/// Carries a run out on its staged tree, from the first event to the last, which is `run.result`
/// unless the journal itself is lost. Afterwards the tree is gone and the report complete.
/// Cancellation: terminal; the end is recorded all the same, then `operation_aborted` is thrown.
asio::awaitable<void> drive(run_context& run, report& into, workspace tree);

}  // namespace riva::agents
