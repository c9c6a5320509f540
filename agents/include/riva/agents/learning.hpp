#pragma once

#include <riva/memory/project_memory.hpp>
#include <riva/runtime/change_set.hpp>
#include <riva/runtime/error.hpp>

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace riva::agents {

/// A file of a change that is as it was before the change.
struct taken_back_file {
    std::string run;
    std::string file;

    friend bool operator==(const taken_back_file&, const taken_back_file&) = default;
};

/// What became of changes that riva had written to a repository.
struct lessons {
    std::vector<memory::project_entry> recorded;  ///< new, or seen once more
    std::vector<std::string> corrected;  ///< runs whose lines were changed
    std::vector<std::string> reverted;   ///< runs whose whole change was taken back
    std::vector<taken_back_file> taken_back;  ///< all files that were
};

/// A verified change of a run that was written to a repository.
struct applied_change {
    std::string run;
    std::uint64_t seq = 0;  ///< of the event that holds it
    std::string task;
    change_set changes;
};

/// Compares the files of a repository with what riva wrote there, and remembers what was changed of
/// it. Each file is learnt from once: when lines of riva's are first seen changed. Nothing is
/// learnt while another branch is checked out than when the change was written. `runs` is the
/// folder of all runs, which holds what they wrote. Blocks.
///
/// Precondition: the path of the repository is canonical. Errors: those of the memory. A file that
/// cannot be read, is larger than 1 MiB or no regular file teaches nothing.
result<lessons> learn_from_edits(
    memory::project_memory& kept,
    const std::filesystem::path& repository,
    const std::filesystem::path& runs,
    memory::memory_time now,
    const std::stop_token& stop = {}
);

/// Lets `learn_from_edits` look at a change from now on. Precondition and errors: as there. Blocks.
result<void> watch_change(
    memory::project_memory& kept,
    const std::filesystem::path& repository,
    const applied_change& what,
    memory::memory_time now
);

}  // namespace riva::agents
