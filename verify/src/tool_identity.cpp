#include "tool_identity.hpp"

#include <riva/verify/risk.hpp>

#include <sys/stat.h>

#include <cstdlib>
#include <set>

namespace riva::verify {
namespace {

std::string describe(const std::string& file) {
    struct ::stat s{};
    if (::stat(file.c_str(), &s) != 0 || !S_ISREG(s.st_mode)) return {};
    return file + ":" + std::to_string(s.st_size) + ":" + std::to_string(s.st_mtim.tv_sec) + "." +
           std::to_string(s.st_mtim.tv_nsec);
}

std::string find(const std::string& name) {
    if (name.starts_with('/')) return describe(name);
    const char* const set = std::getenv("PATH");
    std::string_view folders = set != nullptr ? set : "/usr/local/bin:/usr/bin:/bin";
    while (!folders.empty()) {
        const std::string_view folder = folders.substr(0, folders.find(':'));
        folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
        if (!folder.starts_with('/')) continue;
        if (auto found = describe(std::string(folder) + "/" + name); !found.empty()) return found;
    }
    return {};
}

}  // namespace

std::string identify_tools(const std::vector<std::string>& names) {
    std::string all;
    for (const auto& name : std::set<std::string>(names.begin(), names.end())) {
        const bool of_the_tree = name.find('/') != name.npos && !name.starts_with('/');
        if (of_the_tree || name.empty()) continue;
        const std::string found = find(name);
        all += (found.empty() ? name + ":none" : found) + "\n";
    }
    return all;
}

std::string identify_tools_of(std::string_view shell_line) {
    const shell_analysis line = analyse_shell(shell_line);
    if (line.dynamic || line.too_complex) return {};
    std::vector<std::string> names{"sh"};
    for (const auto& command : line.commands)
        if (!command.empty()) names.push_back(command.front());
    return identify_tools(names);
}

}  // namespace riva::verify
