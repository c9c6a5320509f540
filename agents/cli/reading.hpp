#pragma once

#include <riva/memory/sqlite_journal.hpp>
#include <riva/runtime/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace riva::cli {

/// Runs a coroutine to its end on a context of its own, for commands that do one thing.
void run_to_end(std::function<asio::awaitable<void>()> work);

/// The journal of the state folder. Errors: those of opening; `riva::memory::errc::unknown_run` if
/// nothing was ever recorded.
result<std::unique_ptr<memory::sqlite_journal>> open_journal();

/// The run whose name is or begins with `name`. If the list of runs is damaged, only a whole name
/// finds it. Errors: those of the journal; `riva::memory::errc::unknown_run`, also when it is the
/// beginning of several.
result<std::string> find_run(const std::string& name);

inline constexpr auto last_event = std::numeric_limits<std::uint64_t>::max();

/// The events of a run up to the number `until`, itself included. Errors: those of
/// `memory::sqlite_journal::read_until`.
result<std::vector<event>> read_run(const std::string& id, std::uint64_t until = last_event);

}  // namespace riva::cli
