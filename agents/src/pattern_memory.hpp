#pragma once

#include "deferred_change.hpp"
#include "work_item.hpp"

#include <riva/agents/learning.hpp>
#include <riva/llm/tier.hpp>
#include <riva/runtime/event.hpp>
#include <riva/runtime/verdict.hpp>
#include <riva/verify/pattern_standing.hpp>

#include <optional>
#include <string>
#include <vector>

/// What a run asks and tells the pattern memory. docs/patterns.md says what it may decide.
namespace riva::agents {

/// What is known of the pattern of the change that is decided about, from the journal if an earlier
/// pass was told. Nothing if the memory is off, or cannot be read, which is told.
asio::awaitable<std::optional<events::pattern_basis>> recall_pattern(
    work_item& item, const std::string& pattern
);

verify::pattern_outcomes outcomes_in(const events::pattern_basis& known);

/// What is known of how the tiers did in completing intentions, for `select_tier`; nothing of a
/// tier with fewer than three outcomes.
asio::awaitable<llm::tier_standings> recall_tiers(run_context& run);

/// Books what a verification found of a change; of one that was skipped, only a failure. A verdict
/// that is neither pass nor fail teaches nothing. `completes`: it was verified by the acceptance of
/// the intention, and tells how the tier did as well.
asio::awaitable<void> book_outcome(
    work_item& item, const deferred_change& change, verdict outcome, bool completes
);

/// Files of earlier changes are as they were before: the changes were wrong after all.
asio::awaitable<void> blame_taken_back(run_context& run, std::vector<taken_back_file> files);

/// The whole did not hold together: of each file that a failed check of the changes names, the last
/// change of it was wrong after all.
asio::awaitable<void> blame_changes(work_item& item, const std::vector<evidence>& found);

}  // namespace riva::agents
