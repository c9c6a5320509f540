#pragma once

#include <riva/memory/project_entry.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace riva::memory {

/// A file of a change, by the SHA-256 of its contents; empty: there is none.
struct watched_file {
    std::string path;
    std::string before;
    std::string after;

    friend bool operator==(const watched_file&, const watched_file&) = default;
};

/// A verified change that riva wrote to a repository. What becomes of it there is looked at later.
struct watched_change {
    std::int64_t id = 0;
    std::string run;
    std::uint64_t seq = 0;  ///< of the event that holds the change
    std::string task;
    std::string branch;  ///< that was checked out; empty: none
    std::vector<watched_file> files;  ///< that are still looked at
    std::int64_t written = 0;         ///< how many files it had

    friend bool operator==(const watched_change&, const watched_change&) = default;
};

/// What became of some files of a watched change.
struct watch_finding {
    std::int64_t watch = 0;
    std::vector<std::string> files;  ///< are looked at no more
    std::vector<new_entry> learnt;
};

}  // namespace riva::memory
