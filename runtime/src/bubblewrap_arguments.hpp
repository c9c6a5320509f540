#pragma once

#include "path_guard.hpp"
#include "sandbox_folders.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace riva {

/// Where programs are looked up inside.
inline constexpr const char* sandbox_path = "/usr/local/bin:/usr/bin:/bin";

/// Whether a file of the machine can be seen inside under the same name. `file` is without symbolic
/// links.
bool is_visible_inside(const std::filesystem::path& file, const std::filesystem::path& root);

/// All variables of a command inside. Bubblewrap gets no others: they could be read in
/// /proc/1/environ.
std::vector<std::string> sandbox_environment();

struct bubblewrap_setup {
    sandbox_folders folders;
    std::vector<path_guard::mount> mounts = {};
    // Descriptors that bubblewrap inherits. A shell names all but those of the mounts: one digit.
    int filter = -1;
    int status = -1;
    int hold = -1;
    int door = -1;
    int watcher = -1;  ///< bubblewrap itself does not get this one
    int first_mount = -1;
};

/// What the program that asks at the door calls itself when it cannot run the command.
inline constexpr const char* door_keeper = "riva";

/// The command line that runs `argv` inside.
std::vector<std::string> bubblewrap_arguments(
    const std::filesystem::path& program,
    const bubblewrap_setup& setup,
    const std::vector<std::string>& argv
);

}  // namespace riva
