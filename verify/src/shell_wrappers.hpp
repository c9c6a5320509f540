#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::verify {

/// The name of a program without its folder.
std::string_view program_name(std::string_view word);

/// What a command runs in turn.
struct wrapped {
    std::vector<std::vector<std::string>> commands;  ///< argument vectors
    std::vector<std::string> lines;                  ///< of a shell, as in `sh -c`
    bool transparent = false;  ///< the wrapper does nothing else, so it is left out
    bool unknown = false;      ///< what it runs is only known when it runs
};

/// Takes `env`, `sudo`, `xargs`, `sh -c`, `find -exec` and the like apart. Nothing if the command
/// is no wrapper, or wraps nothing.
std::optional<wrapped> unwrap(const std::vector<std::string>& argv);

bool is_shell(std::string_view program);

/// Whether a program is started from a folder of the system, or by its name alone.
bool is_of_the_system(std::string_view word);

/// Whether a variable decides which programs run, or what they load.
bool steers_programs(std::string_view variable);

}  // namespace riva::verify
