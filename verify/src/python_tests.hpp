#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace riva::verify {

/// How the Python tests below a folder want to be run.
struct python_tests {
    bool pytest = false;                ///< configured for pytest, or written for it
    std::vector<std::string>
        unittest;  ///< arguments of `unittest discover`, one shell text per run
    bool sources_in_src = false;  ///< modules are imported from `src`
    std::string hidden_runner;    ///< a path here that Python would run instead of the runner
};

python_tests find_python_tests(const std::filesystem::path& root);

}  // namespace riva::verify
