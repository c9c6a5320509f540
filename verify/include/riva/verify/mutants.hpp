#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// Small faults, put into a change on purpose: how many of them the checks catch says how many real
/// ones they would.
namespace riva::verify {

/// A file after a change.
struct changed_source {
    std::string path;  ///< its ending tells the language
    std::string content;
    std::vector<std::size_t> lines;  ///< that the change touched, from 1, in any order
};

/// A file with one fault in one of the lines that the change touched.
struct mutant {
    std::string path;
    std::size_t line = 0;  ///< from 1
    std::string mutation;  ///< what was done, such as `< to <=`
    std::string content;

    friend bool operator==(const mutant&, const mutant&) = default;
};

/// Up to `most` mutants, chosen by `seed` among all that are known for Python, C, C++, JavaScript
/// and TypeScript: a comparison moved to its border or inverted, + and - exchanged, a whole number
/// one larger, true and false, and and or exchanged, a condition negated, a returned value dropped.
/// Comments and literals of text stay as they are, and so does all but one line. Other languages
/// have none, and neither has a line of more than 500 bytes, nor a file that cannot be told apart
/// into tokens. No two are equal, none
/// equals the original; some may mean the same as the original, and some may not compile.
///
/// The same sources, seed and number give the same mutants. Pure; linear in the size of the sources
/// and of the mutants.
std::vector<mutant> propose_mutants(
    const std::vector<changed_source>& sources, std::uint64_t seed, std::size_t most
);

}  // namespace riva::verify
