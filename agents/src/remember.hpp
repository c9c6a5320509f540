#pragma once

#include "work_item.hpp"

#include <string>

namespace riva::agents {

/// What the prompts of an intention show of project memory: the same in all prompts of an attempt,
/// and in a run that goes on what was shown before. The first call looks it up and tells it to the
/// journal. Empty: there is nothing, or memory is off.
///
/// Throws `run_over` when the memory cannot be read: a decision of the user is not left out
/// silently. Cancellation: terminal.
asio::awaitable<std::string> remember(work_item& item);

/// Learns from what was changed of earlier changes to the repository, and tells it to the journal.
/// A run that goes on repeats what it told. Cancellation: terminal.
asio::awaitable<void> learn(run_context& run);

/// Notes which entries prompts have shown. Cancellation: terminal.
asio::awaitable<void> note_use(run_context& run);

/// Lets later runs learn from what becomes of a verified change that was written to the repository,
/// and whose event is the last one. Cancellation: terminal.
asio::awaitable<void> watch(run_context& run, const change_set& changes);

/// The same for the change of a run that `engine::apply` wrote, unless the run was not verified, or
/// had memory off. Errors: those of the journal and of the memory; the change is in the tree all
/// the same. Cancellation: terminal.
asio::awaitable<result<void>> watch_applied(
    project_archive& project, riva::journal& record, std::string run, asio::any_io_executor blocking
);

}  // namespace riva::agents
