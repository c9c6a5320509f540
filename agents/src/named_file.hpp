#pragma once

#include <riva/agents/complexity.hpp>

#include <string_view>

namespace riva::agents {

/// The file that a word means: the one at this path, or else the only one whose path ends in it.
/// The end of `files` if there is none.
repository_facts::const_iterator find_file(const repository_facts& files, std::string_view word);

/// Whether a word of `paths_in` names a file, there or to be written, rather than alternatives such
/// as `read/write`: it has an extension or is there.
bool names_file(std::string_view word, const repository_facts& files);

}  // namespace riva::agents
