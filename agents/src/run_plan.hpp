#pragma once

#include "delivery.hpp"
#include "earlier_pass.hpp"

#include <riva/agents/engine.hpp>
#include <riva/agents/settings.hpp>
#include <riva/runtime/error.hpp>
#include <riva/runtime/event.hpp>

#include <optional>
#include <string>
#include <vector>

namespace riva::agents {

/// What a pass over a run begins with.
struct run_plan {
    task job;
    settings options;
    earlier_pass earlier = {};  ///< of a new run: empty
    std::string base = {};      ///< the tree that the run began with, if it goes on
    change_set kept = {};       ///< may still be applied, until the next pass has begun
    std::string seed = {};      ///< that it began with
    /// All that is left to do.
    std::optional<unfinished_delivery> delivery = {};

    bool goes_on() const { return earlier.last_seq() != 0; }
};

/// The next pass over a run: its task with its settings, and what it has learnt. `own` says what is
/// no part of a run, such as keys. Errors: `errc::not_resumable` with the reason, those of
/// `restore`.
result<run_plan> plan_next_pass(
    const std::vector<event>& recorded, const resumption& how, const settings& own
);

/// Whether a run with this outcome goes on from where it is when it is resumed.
bool is_resumable(std::string_view outcome);

/// Whether the work came to a result that the user was given, rather than that it was stopped.
bool is_result(std::string_view outcome);

}  // namespace riva::agents
