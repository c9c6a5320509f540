#pragma once

#include <riva/verify/risk.hpp>

#include <string>
#include <vector>

namespace riva::verify {

/// As `analyse_shell`, for a command that is started without a shell.
shell_analysis analyse_command(const std::vector<std::string>& argv);

}  // namespace riva::verify
