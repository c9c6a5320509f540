#pragma once

#include "command_line.hpp"
#include "exit_codes.hpp"

namespace riva::cli {

/// `riva metrics --by pattern`: how changes of each kind came out in a repository.
exit_code print_patterns(const metrics_options& options);

}  // namespace riva::cli
