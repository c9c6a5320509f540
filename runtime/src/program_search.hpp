#pragma once

#include <riva/runtime/error.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace riva {

/// The file that the command `name` runs, found as execvp finds it: a name with a slash is a path,
/// relative to `directory`; any other is looked up in the folders of `path_list`, separated by
/// colons. Files that `usable` refuses are passed over.
/// Errors: `errc::command_not_found`.
result<std::filesystem::path> find_program(
    const std::string& name,
    std::string_view path_list,
    const std::filesystem::path& directory,
    const std::function<bool(const std::filesystem::path&)>& usable = {}
);

}  // namespace riva
