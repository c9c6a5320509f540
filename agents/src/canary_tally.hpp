#pragma once

#include <riva/verify/sensitivity.hpp>

#include <map>
#include <string>

namespace riva::agents {

/// What mutants of a change say of its checks.
struct canary_tally {
    verify::canary_record all;  ///< by all checks together, but for those that the actor wrote
    std::map<std::string, verify::canary_record> checks;  ///< by id
};

}  // namespace riva::agents
