#pragma once

#include <riva/runtime/journal.hpp>

#include <string>
#include <vector>

namespace riva::bench {

/// All events of a run; blocks. Errors: those of the journal.
result<std::vector<event>> read_events(journal& from, const std::string& run);

}  // namespace riva::bench
