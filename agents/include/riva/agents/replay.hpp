#pragma once

#include <riva/agents/settings.hpp>
#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/error.hpp>
#include <riva/runtime/event.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace riva::agents {

/// Where what was done again differs from what was recorded.
struct divergence {
    std::uint64_t seq = 0;  ///< of the recorded event; 0: nothing more was recorded
    std::string recorded;   ///< as JSON; empty: nothing more was recorded
    std::string again;      ///< as JSON, or in words where no event was told
};

/// A decision that other settings would have changed.
struct changed_decision {
    std::uint64_t seq = 0;  ///< of the event that tells the recorded one
    std::string intention;
    std::string about;     ///< `tier of ...`, `gate`, `verification`, `step`, `budget`
    std::string recorded;
    std::string now;
    bool answerable = false;  ///< the record tells what would have followed
};

struct replay_report {
    std::vector<event> events;  ///< of all passes, as far as they are the same
    int passes = 0;
    std::optional<divergence> difference;  ///< the first one; nothing: all was the same
    std::vector<changed_decision> changed;  ///< what other settings decide otherwise
    /// Settings that were others than those of the run and decide only what models, commands and
    /// checks are asked, and for how long: what these would have said is in no record. By the names
    /// of `settings::describe`, so that `strategies` stands for those it sets; sorted. None of them
    /// is behind any of `changed`.
    std::vector<std::string> unanswerable;
};

/// Makes all decisions of a run once more from its record: which model is asked for what, whether
/// an action may run, what is verified, rolled back, merged and split, and how it ends. Nothing is
/// asked and nothing runs: what models, commands, checks and people said, how long it took and
/// when, comes from the record. Every event is then the same as the recorded one, byte for byte,
/// unless this version of riva decides otherwise.
///
/// With `changes`, values of settings by the names of `settings::describe`, each decision is made
/// at the recorded state of the run with those; where it differs that is told, and the recorded one
/// is followed. `own` is what is no part of a run.
///
/// Errors: `errc::not_replayable` for a record that lacks what is needed; those of `restore`.
/// Cancellation: terminal. Thread safety: runs on a strand of its own on the caller's executor.
asio::awaitable<result<replay_report>> replay(
    std::vector<event> recorded, settings own, std::map<std::string, std::string> changes = {}
);

}  // namespace riva::agents
