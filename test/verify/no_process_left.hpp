#pragma once

#include <sys/wait.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace riva::test {

/// First lines of the command lines of living processes, of anybody's, that hold the text;
/// arguments are separated by NUL characters.
inline std::vector<std::string> processes_that_mention(std::string_view text) {
    std::vector<std::string> found;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
        const std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        std::ifstream file(entry.path() / "cmdline", std::ios::binary);
        std::string line;
        std::getline(file, line);  // stays empty when the process has ended meanwhile
        if (line.find(text) != std::string::npos) found.push_back(line);
    }
    return found;
}

/// Whether this process has a child, alive or not yet waited for.
inline bool has_child() {
    siginfo_t none{};
    return ::waitid(P_ALL, 0, &none, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

}  // namespace riva::test
