#pragma once

#include <riva/llm/tier.hpp>
#include <riva/runtime/workspace.hpp>
#include <riva/verify/trust_decision.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace riva::agents {

/// A change that was carried out and was not verified: it waits for the next batch, or the trust
/// budget let it through.
struct deferred_change {
    int cycle = 1;            ///< its number, as in the events
    std::size_t attempt = 0;  ///< its place in the trace of the intention
    std::vector<std::string> files;
    std::string pattern;   ///< what kind of action it was
    llm::tier by = llm::tier::large;  ///< that proposed it
    bool semantic = true;  ///< checked beyond its syntax
    bool judged = false;   ///< a model judges it as well
    workspace::snapshot before;
    workspace::snapshot after;
    verify::trust_decision decision;
};

}  // namespace riva::agents
