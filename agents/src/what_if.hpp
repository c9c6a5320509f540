#pragma once

#include "model_choice.hpp"

#include <riva/agents/replay.hpp>
#include <riva/agents/settings.hpp>

#include <string>
#include <vector>

namespace riva::agents {

/// Other settings, under which each decision of a recorded run is made besides. What was recorded
/// is followed, so that each one is made at a state that there was.
struct what_if {
    const settings& options;
    model_choice models;
    std::vector<changed_decision> changed = {};
    bool spent = false;  ///< a limit was passed already

    /// Notes a decision if it is another one.
    void compare(changed_decision made) {
        if (made.recorded != made.now) changed.push_back(std::move(made));
    }
};

/// Those of some settings that decide only what models, commands and checks are asked and how long
/// they may take: what these would have said then is in no record.
std::vector<std::string> not_decided_again(const std::map<std::string, std::string>& changes);

}  // namespace riva::agents
