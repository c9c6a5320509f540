#pragma once

#include <string_view>

namespace riva::verify {

/// What a program does, as far as its risk is concerned.
enum class command_kind {
    unknown,
    plain,        ///< computes and prints; its words are no paths
    reads,        ///< reads the files that its words name
    searches,     ///< as reads; its first word is a pattern
    writes,       ///< changes or creates the files that its words name
    removes,      ///< removes files
    permits,      ///< changes modes or owners
    builds,       ///< compiles, tests, formats: runs what the repository defines
    interprets,   ///< runs a script
    streams,      ///< sed and awk: programs of their own
    finds,
    versions,     ///< version control
    packages,     ///< package managers of a language: they build, and they fetch
    network,
    installs,     ///< changes the software of the machine
    privilege,
    administers,  ///< changes the machine
    destroys,     ///< writes to devices
    signals,      ///< ends processes
    orchestrates, ///< containers and clusters
    postpones,    ///< runs something later
};

/// `unknown` for a program that is not in the table.
command_kind kind_of(std::string_view program);

}  // namespace riva::verify
