#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace riva::agents {

/// Files of a repository with their sizes in bytes, by path.
using repository_facts = std::map<std::string, std::uint64_t>;

/// How hard a task looks before anything was tried. A prior: evidence overrules it.
struct complexity {
    double score = 0;  ///< 0 trivial to 1 complex
    int estimated_files = 1;
    int estimated_functions = 1;
    bool external_dependencies = false;
    bool needs_tests = false;
    bool modifies_existing = false;
    bool ambiguous = false;
    bool decompose_first = false;
    double confidence = 0;  ///< in the recommendation, 0 to 1
    std::string reason;     ///< one line

    friend bool operator==(const complexity&, const complexity&) = default;
};

/// Looks at whole words of the request, and at whether the files it names exist, by their path
/// or by the end of it where only one file has that. Pure; linear in the text, and in the files for
/// each that is named otherwise than by its path.
complexity analyze_complexity(
    std::string_view what, std::string_view acceptance, const repository_facts& facts
);

}  // namespace riva::agents
