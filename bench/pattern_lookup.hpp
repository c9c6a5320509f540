#pragma once

#include <riva/runtime/error.hpp>

#include <cstddef>
#include <filesystem>

namespace riva::bench {

/// The median of the microseconds that it takes to look a pattern up, among `patterns` of each of
/// two projects, in a database that is made in `folder`. Errors: those of the database.
result<double> time_pattern_lookup(const std::filesystem::path& folder, std::size_t patterns);

}  // namespace riva::bench
