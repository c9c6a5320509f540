#pragma once

#include <riva/runtime/sandbox.hpp>
#include <riva/verify/check.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace riva::verify {

/// A syntax check for each changed file that still exists and whose language has one: Python
/// (`python3`), C and C++
/// (`g++ -fsyntax-only`), JavaScript (`node --check`), JSON. They judge the merged file in the
/// tree, not the edit. Files of other languages get none.
std::vector<std::shared_ptr<check>> syntax_checks(
    sandbox& where, const std::vector<std::string>& changed
);

/// A shell line that must exit with 0.
/// `id` such as `user:1`. With `read_only` paths the command cannot change those files.
std::shared_ptr<check> command_check(
    sandbox& where,
    std::string id,
    std::string line,
    author by,
    std::vector<std::string> read_only = {}
);

/// The repository's own tests, recognised from what is in `root`: pytest or unittest, npm, ctest,
/// cargo, go, make. Zero tests executed is `indeterminate`.
std::vector<std::shared_ptr<check>> repository_tests(
    sandbox& where, const std::filesystem::path& root
);

}  // namespace riva::verify
