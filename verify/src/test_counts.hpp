#pragma once

#include <optional>
#include <string_view>

namespace riva::verify {

/// How many tests were executed, skipped ones not counted, according to the summaries that a runner
/// leaves in its log. None when there is no summary.
std::optional<long> pytest_count(std::string_view log);
std::optional<long> unittest_count(std::string_view log);
std::optional<long> ctest_count(std::string_view log);
std::optional<long> cargo_count(std::string_view log);
std::optional<long> go_count(std::string_view log);  ///< packages with tests, not tests

/// For a runner that could be anything: what node, jest, vitest, mocha or one of the above say.
/// None means that it cannot be told.
std::optional<long> any_count(std::string_view log);

}  // namespace riva::verify
