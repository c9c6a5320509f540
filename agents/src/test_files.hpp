#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace riva::agents {

/// ASCII letters only.
std::string in_lower_case(std::string text);

/// Whether runners of tests would take the file for a test, or it lies in a folder of tests.
bool is_test(const std::filesystem::path& file);

/// Whether a runner of tests reads from the file what to run and how: `conftest.py`,
/// `package.json`, `Makefile` and the like. Not CMake's files: see `speaks_of_other_tests`.
bool steers_tests(const std::filesystem::path& file);

/// Whether a file of CMake, which is changed whenever sources are added, says something else about
/// tests than before: their lines that mention tests are not the same.
bool speaks_of_other_tests(std::string_view before, std::string_view after);

}  // namespace riva::agents
