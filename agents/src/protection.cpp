#include "protection.hpp"

#include "words.hpp"

#include <riva/verify/risk.hpp>

#include <algorithm>
#include <filesystem>
#include <set>

namespace riva::agents {
namespace {

namespace fs = std::filesystem;

bool looks_like_a_test(const fs::path& file) {
    return std::any_of(file.begin(), file.end(), [](const fs::path& part) {
        const auto words = words_of(part.string());
        if (words.empty()) return false;
        const std::string& name = words.front();
        return name.starts_with("test") || name.find("_test") != name.npos ||
               name.find(".test.") != name.npos || name.find(".spec.") != name.npos;
    });
}

}  // namespace

std::vector<std::string> files_that_judge(const task& job) {
    const auto in_the_task = paths_in(job.what + "\n" + job.acceptance);
    const std::set<std::string> named(in_the_task.begin(), in_the_task.end());
    std::set<std::string> files;
    for (const auto& line : job.checks)
        for (const auto& words : verify::analyse_shell(line).commands)
            for (const auto& word : words) {
                std::error_code ignored;
                const fs::path path = fs::path(word).lexically_normal();
                if (path.empty() || path.is_absolute() || *path.begin() == "..") continue;
                if (!fs::is_regular_file(fs::symlink_status(job.repository / path, ignored)))
                    continue;
                const bool to_be_changed =
                    named.contains(path.generic_string()) || named.contains(path.filename());
                if (looks_like_a_test(path) || !to_be_changed) files.insert(path.generic_string());
            }
    return {files.begin(), files.end()};
}

}  // namespace riva::agents
