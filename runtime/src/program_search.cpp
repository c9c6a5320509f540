#include "program_search.hpp"

#include "safe_path.hpp"

#include <unistd.h>

#include <algorithm>
#include <system_error>

namespace fs = std::filesystem;

namespace riva {
namespace {

bool is_program(const fs::path& file, const std::function<bool(const fs::path&)>& usable) {
    std::error_code ec;
    return fs::is_regular_file(file, ec) && ::access(file.c_str(), X_OK) == 0 &&
           (!usable || usable(file));
}

}  // namespace

result<fs::path> find_program(
    const std::string& name,
    std::string_view path_list,
    const fs::path& directory,
    const std::function<bool(const fs::path&)>& usable
) {
    if (name.empty()) return error{errc::command_not_found, "the command has no program name"};
    if (name.find('/') != std::string::npos) {
        fs::path file = directory / name;
        if (is_program(file, usable)) return file;
        return error{
            errc::command_not_found,
            "there is no executable file " + shown(name) + "; give the name of an installed program"
        };
    }
    for (std::string_view rest = path_list; !rest.empty();) {
        const auto end = std::min(rest.find(':'), rest.size());
        fs::path file = directory / rest.substr(0, end) / name;
        if (end > 0 && is_program(file, usable)) return file;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return error{
        errc::command_not_found,
        "there is no program " + shown(name) + " in " + std::string(path_list) +
            "; install it or use another command"
    };
}

}  // namespace riva
