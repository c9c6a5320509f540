#pragma once

#include <riva/runtime/sandbox.hpp>
#include <riva/verify/check.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace riva::verify {

/// Grows when the checks below judge otherwise than before. What was trusted because older ones had
/// passed does not count then.
inline constexpr int checks_version = 1;

/// A syntax check for each changed file whose format has one: Python, TOML, YAML and XML
/// (`python3`), C and C++ (`gcc`, `g++ -fsyntax-only`), JavaScript (`node --check`), shell scripts
/// (`sh -n`, `bash -n`), JSON, and Markdown, of which only code fences are looked at. They judge
/// the merged file in the tree, not the edit, and execute nothing of it. Files of other formats get
/// none; one that is gone when its check runs is `skipped`. Many Python files share a check. What
/// cannot be judged without knowing more (a header that is nowhere, `#error`, JSX, a template) is
/// `indeterminate`.
std::vector<std::shared_ptr<check>> syntax_checks(
    sandbox& where, const std::vector<std::string>& changed
);

/// What a compiler sees and a parser does not, for changed files of languages that have such a
/// tool: undefined names in Python (pyflakes), C and C++ as compile_commands.json in `root` or
/// `root/build` says (only files that are in it), TypeScript with a tsconfig.json (`tsc --noEmit`),
/// Rust (`cargo check`) and Go (`go vet`) with their manifest in `root`. A tool that is not there
/// is `indeterminate` and named, and so is a file that the tool did not look at, and a complaint
/// that may be about what is not installed. All complaints about a changed file count, also those
/// that were right before the change. Reads files: blocks for some milliseconds with a large
/// compile_commands.json.
std::vector<std::shared_ptr<check>> semantic_checks(
    sandbox& where, const std::filesystem::path& root, const std::vector<std::string>& changed
);

/// A shell line that must exit with 0, and need not print anything. `id` such as `user:1`. With
/// `read_only` paths the command cannot change those files. A program that the shell does not find
/// is `indeterminate`, and so is an exit with 0 of a runner of tests that executed none, or that
/// ended without its report.
std::shared_ptr<check> command_check(
    sandbox& where,
    std::string id,
    std::string line,
    author by,
    std::vector<std::string> read_only = {}
);

/// The repository's own tests, recognised from what is in `root` now: pytest or unittest, npm,
/// ctest, cargo, go; make when there is none of these. Zero tests executed is `indeterminate`, and
/// so are a run that ends without its report, and tests that need something which is not installed.
/// The limit: Python's tests run in the process of the code that they test, which could print a
/// report and exit. Reads files: blocks for some milliseconds in a large repository.
std::vector<std::shared_ptr<check>> repository_tests(
    sandbox& where, const std::filesystem::path& root
);

}  // namespace riva::verify
