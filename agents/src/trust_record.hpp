#pragma once

#include <riva/runtime/event.hpp>
#include <riva/verify/trust_decision.hpp>

#include <optional>

namespace riva::agents {

/// A decision of the trust budget as the journal holds it.
events::trust_basis record_of(const verify::trust_decision& made);

/// The decision that the journal holds, made again with the settings of the run. Nothing if the
/// record is none of riva's.
std::optional<verify::trust_decision> decision_from(
    const events::trust_basis& recorded, const verify::trust_settings& settings
);

}  // namespace riva::agents
