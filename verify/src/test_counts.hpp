#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace riva::verify {

/// How many tests were executed, skipped ones not counted, according to the summary that a runner
/// writes at its end. None when there is no summary.
///
/// A runner's summary is the last thing that it writes, so of several the last one counts: what the
/// code under test printed before cannot add to it. The limit: code that runs in the process of its
/// runner can print what the runner would have printed and end the process there. A count guards
/// against empty suites and early exits, not against such code; an exit code of a process of its
/// own, and tests that the author of the change cannot edit, do.
std::optional<long> pytest_count(std::string_view log);
std::optional<long> ctest_count(std::string_view log);
std::optional<long> node_count(std::string_view log);  ///< files that hold no test not counted
std::optional<long> go_count(std::string_view log);  ///< packages with tests, not tests

/// The sum over the test programs of one `cargo test`. None as well when one of them began and did
/// not report.
std::optional<long> cargo_count(std::string_view log);

/// The sum over as many summaries as there were `runs`. None when one is missing; with more, only
/// the last is certain to be of a run.
std::optional<long> unittest_count(std::string_view log, std::size_t runs = 1);

/// For a runner that could be anything: the last that node, jest, vitest, mocha or one of the above
/// say. None means that it cannot be told.
std::optional<long> any_count(std::string_view log);

}  // namespace riva::verify
