#pragma once

#include <riva/agents/engine.hpp>

#include <string>
#include <vector>

namespace riva::agents {

/// The files of the repository that judge the work, which the actor must not change: those that the
/// checks of the task name, unless the task itself names them as what is to be worked on. A test is
/// protected even then.
std::vector<std::string> files_that_judge(const task& job);

}  // namespace riva::agents
