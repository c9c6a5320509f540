#pragma once

#include "work_item.hpp"

#include <riva/verify/risk.hpp>
#include <riva/verify/trust_decision.hpp>

namespace riva::agents {

/// What becomes of a change that was carried out.
struct verification_plan {
    verify::trust_decision trust;
    std::string pattern;   ///< what kind of action it was
    bool now = true;       ///< otherwise with a later batch, or not at all
    bool semantic = true;  ///< checked beyond its syntax
    bool judged = false;   ///< a model judges it as well

    bool skipped() const { return !trust.verified(); }
};

/// Decides by risk, then by how such changes came out before, then by trust, and says so. A pattern
/// to be wary of is verified at once, whatever its trust. `completes`: the change is said to
/// complete the intention; then it is verified now, with all that waits.
asio::awaitable<verification_plan> plan_verification(
    work_item& item, const action& what, const verify::risk& risk, bool completes
);

/// Tells the trust budget what became of a change; of one that was skipped, only a failure.
asio::awaitable<void> report_to_trust(
    work_item& item, int cycle, verify::trust_decision about, verdict outcome
);

}  // namespace riva::agents
