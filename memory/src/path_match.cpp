#include "path_match.hpp"

#include <riva/runtime/glob.hpp>

#include <algorithm>

namespace riva::memory {
namespace {

std::vector<std::string_view> components(std::string_view path) {
    std::vector<std::string_view> all;
    for (std::size_t from = 0; from < path.size();) {
        const std::size_t end = std::min(path.find('/', from), path.size());
        const std::string_view one = path.substr(from, end - from);
        if (!one.empty() && one != ".") all.push_back(one);
        from = end + 1;
    }
    return all;
}

}  // namespace

bool names_path(std::string_view pattern, std::string_view file) {
    const auto path = components(file);
    if (path.empty()) return false;
    if (pattern.find('/') == std::string_view::npos) return matches_name(pattern, path.back());
    auto parts = components(pattern);
    if (pattern.ends_with('/')) parts.push_back("**");
    return matches_path(parts, path);
}

bool names_any(const std::vector<std::string>& patterns, const std::vector<std::string>& files) {
    return std::ranges::any_of(patterns, [&](const std::string& pattern) {
        return std::ranges::any_of(files, [&](const std::string& file) {
            return names_path(pattern, file);
        });
    });
}

}  // namespace riva::memory
