#pragma once

#include "model_choice.hpp"

#include <riva/agents/replay.hpp>
#include <riva/agents/settings.hpp>

#include <set>
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

/// Which settings differ that decide only what models, commands and checks are asked and how long
/// they may take, by their names for `settings::describe`: what these would have said then is in no
/// record. A name for several settings stands for each of them.
std::set<std::string> not_decided_again(const settings& recorded, const settings& other);

}  // namespace riva::agents
