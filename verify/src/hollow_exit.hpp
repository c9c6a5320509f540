#pragma once

#include "command_evidence.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace riva::verify {

/// Why the exit of a user's line with 0 is no evidence, if it is not: a runner of tests says that
/// it executed none, or the last command of the line is a runner that ended without its report, as
/// when the code under test ends the process with exit status 0.
///
/// Other commands are taken at their exit status, however little they print: many good checks, such
/// as `cmp a b`, print nothing. So are lines that send their output elsewhere.
std::optional<std::string> hollow_exit(std::string_view line, const judged_command& said);

}  // namespace riva::verify
