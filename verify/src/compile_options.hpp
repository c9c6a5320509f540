#pragma once

#include "compile_database.hpp"

namespace riva::verify {

/// What of a command line of a compiler may be passed on, with paths below `tree` made relative to
/// the folder where the command will run. None for a program that is no known compiler.
std::optional<compile_command> front_end_options(
    const std::vector<std::string>& words,
    const std::filesystem::path& directory,
    const std::filesystem::path& tree
);

}  // namespace riva::verify
