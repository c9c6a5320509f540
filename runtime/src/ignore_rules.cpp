#include "ignore_rules.hpp"

#include "safe_path.hpp"

#include <riva/runtime/glob.hpp>

#include <algorithm>
#include <array>

namespace riva {
namespace {

constexpr std::array<std::string_view, 7> cache_folders = {
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
    ".nyc_output",
    ".eslintcache",
};

constexpr std::array<std::string_view, 8> dropped_folders = {
    "node_modules",
    ".venv",
    "venv",
    ".tox",
    ".nox",
    ".eggs",
    ".gradle",
    "CMakeFiles",
};

std::string_view last_component(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

/// Without the line end and the trailing spaces that are not escaped.
std::string_view trimmed(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    while (line.ends_with(' ') && !line.ends_with("\\ ")) line.remove_suffix(1);
    return line;
}

}  // namespace

void ignore_rules::add(std::string_view folder, std::string_view content) {
    if (content.starts_with("\xef\xbb\xbf")) content.remove_prefix(3);
    while (!content.empty()) {
        const auto end = content.find('\n');
        std::string_view line = trimmed(content.substr(0, end));
        content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
        if (line.empty() || line.front() == '#') continue;
        pattern rule;
        rule.folder = folder;
        rule.negated = line.front() == '!';
        if (rule.negated) line.remove_prefix(1);
        rule.folders_only = line.ends_with('/');
        if (rule.folders_only) line.remove_suffix(1);
        rule.anchored = line.find('/') != std::string_view::npos;
        if (line.starts_with('/')) line.remove_prefix(1);
        rule.text = line;
        if (line.empty()) continue;
        const auto deeper = [](const pattern& a, const pattern& b) {
            return a.folder.size() < b.folder.size();
        };
        patterns_.insert(
            std::upper_bound(patterns_.begin(), patterns_.end(), rule, deeper), std::move(rule)
        );
    }
}

bool ignore_rules::applies(const pattern& rule, std::string_view path, bool is_folder) {
    if (rule.folders_only && !is_folder) return false;
    if (!rule.folder.empty()) {
        if (!path.starts_with(rule.folder) || path.size() <= rule.folder.size() ||
            path[rule.folder.size()] != '/')
            return false;
        path.remove_prefix(rule.folder.size() + 1);
    }
    if (!rule.anchored) return matches_name(rule.text, last_component(path));
    return matches_path(components(rule.text), components(path));
}

bool ignore_rules::ignores_itself(std::string_view path, bool is_folder) const {
    for (auto rule = patterns_.rbegin(); rule != patterns_.rend(); ++rule)
        if (applies(*rule, path, is_folder)) return !rule->negated;
    const auto name = last_component(path);
    return is_folder &&
           std::find(dropped_folders.begin(), dropped_folders.end(), name) != dropped_folders.end();
}

bool ignore_rules::ignores(std::string_view path, bool is_folder) const {
    for (auto end = path.find('/'); end != std::string_view::npos; end = path.find('/', end + 1))
        if (ignores_itself(path.substr(0, end), true)) return true;
    return ignores_itself(path, is_folder) || is_cache(path);
}

bool ignore_rules::is_cache(std::string_view path) {
    const auto parts = components(path);
    const auto is_cache_folder = [](std::string_view part) {
        return std::find(cache_folders.begin(), cache_folders.end(), part) != cache_folders.end();
    };
    return std::any_of(parts.begin(), parts.end(), is_cache_folder) || path.ends_with(".pyc") ||
           path.ends_with(".pyo") || path.ends_with("/.coverage") || path == ".coverage";
}

}  // namespace riva
