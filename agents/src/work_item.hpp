#pragma once

#include "acceptance.hpp"
#include "deferred_change.hpp"
#include "run_context.hpp"

#include <riva/agents/complexity.hpp>
#include <riva/runtime/intention.hpp>
#include <riva/runtime/ledger.hpp>
#include <riva/runtime/workspace.hpp>

#include <optional>
#include <string>
#include <vector>

namespace riva::agents {

/// An intention at work.
struct work_item {
    run_context& run;
    intention& it;
    workspace& tree;
    ledger account;  ///< below that of the parent
    std::vector<std::string> ancestors;
    complexity prior = {};
    int failures = 0;
    int refuted = 0;  ///< failures that speak against the model: not those of policy
    int steps = 0;
    bool split_tried = false;
    bool nothing_new = false;   ///< the last failure brought no new evidence
    std::optional<std::string> memory = {
    };  ///< what its prompts show of it; nothing: not known yet
    std::string note = {};  ///< for the next prompt: what happened to the parts, what a person said
    std::string last_evidence = {};  ///< of the last failed cycle
    llm::tier proposed_by = llm::tier::large;  ///< the last action
    std::vector<deferred_change> unverified = {};  ///< in order
    int nonces = 0;  ///< that were made up so far

    bool root() const { return ancestors.empty(); }
    int depth() const { return static_cast<int>(ancestors.size()); }

    void end(intention_status status, evidence_grade grade, std::string reason) {
        it.status = status;
        it.grade = grade;
        it.reason = std::move(reason);
    }
};

/// Ends the intention by what the checks of its acceptance found, or leaves it active if they
/// failed. Returns whether it ended.
bool settle(work_item& item, const verification& v, bool changed);

}  // namespace riva::agents
