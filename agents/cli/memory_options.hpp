#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace riva::cli {

enum class memory_action { list, add, forget, export_all, import_all };

/// What `riva memory` was asked for.
struct memory_options {
    memory_action action = memory_action::list;
    std::filesystem::path repository;  ///< empty: the git root of the current folder
    std::string kind;                  ///< empty: all, or a decision for `add`
    std::string text;                  ///< `-`: standard input
    std::vector<std::string> paths;
    std::int64_t id = 0;
    bool erase = false;          ///< delete it instead of keeping it as forgotten
    bool with_forgotten = false;
    bool json = false;
    std::filesystem::path file;  ///< to write or read; empty: a standard stream
};

/// Adds the options and commands of the command `memory`.
void add_memory(CLI::App& memory, memory_options& into);

}  // namespace riva::cli
