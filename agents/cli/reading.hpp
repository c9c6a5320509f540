#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/journal.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace riva::cli {

/// Runs a coroutine to its end on a context of its own, for commands that do one thing.
void run_to_end(std::function<asio::awaitable<void>()> work);

/// The journal of the state folder. Errors: those of opening; `riva::memory::errc::unknown_run` if
/// nothing was ever recorded.
result<std::unique_ptr<journal>> open_journal();

/// The run whose name is or begins with `name`. Errors: those of the journal;
/// `riva::memory::errc::unknown_run`, also when it is the beginning of several.
result<std::string> find_run(const std::string& name);

/// All events of a run. Errors: those of the journal.
result<std::vector<event>> read_run(const std::string& id);

}  // namespace riva::cli
