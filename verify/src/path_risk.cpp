#include "path_risk.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>

namespace riva::verify {
namespace {

constexpr std::array<std::string_view, 8> harmless_paths{
    "/dev/null",
    "/dev/stdout",
    "/dev/stderr",
    "/dev/stdin",
    "/dev/zero",
    "/dev/urandom",
    "/dev/tty",
    "/dev/full",
};
constexpr std::array<std::string_view, 9> metadata_names{
    ".git",
    ".hg",
    ".svn",
    ".jj",
    ".gitmodules",
    ".gitattributes",
    "riva.toml",
    ".riva",
    ".rivaignore"
};
constexpr std::array<std::string_view, 19> credential_names{
    ".ssh",
    ".aws",
    ".gnupg",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".docker",
    ".kube",
    ".azure",
    "shadow",
    "credentials",
    "id_rsa",
    ".git-credentials",
    "id_ed25519",
    "id_ecdsa",
    "id_dsa",
    "gshadow",
    ".pgpass",
    ".bash_history"
};
constexpr std::array<std::string_view, 20> steering_names{
    ".github",        ".gitlab-ci.yml", ".circleci",  "Jenkinsfile",    ".travis.yml",
    "Makefile",       "GNUmakefile",    "makefile",   "CMakeLists.txt", "package.json",
    "pyproject.toml", "setup.py",       "setup.cfg",  "conftest.py",    "Cargo.toml",
    "build.rs",       "go.mod",         "Dockerfile", "tox.ini",        "noxfile.py",
};

template <std::size_t Size>
bool contains(const std::array<std::string_view, Size>& all, std::string_view word) {
    return std::any_of(all.begin(), all.end(), [word](std::string_view one) {
        // The first letter tells most of them apart, without a call.
        return one.size() == word.size() && one.front() == word.front() && one == word;
    });
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool is_environment_file(std::string_view name) {
    return name == ".env" || (name.starts_with(".env.") && name != ".env.example");
}

/// Memory and environment of processes, which hold what files do not.
bool is_process_memory(std::string_view path) {
    return path.starts_with("/proc/") && (path.ends_with("/environ") || path.ends_with("/mem") ||
                                          path.ends_with("/kcore") || path.ends_with("/maps"));
}

bool is_key_file(std::string_view name) {
    return name.ends_with(".pem") || name.ends_with(".key") || name.ends_with(".p12");
}

/// As `std::filesystem::path::lexically_normal`, which is slow and mostly has nothing to do: only
/// dots behind a slash, or in front, and doubled slashes are ever removed.
std::string normalise(std::string_view path) {
    const bool is_normal =
        !path.starts_with('.') && path.find("/.") == path.npos && path.find("//") == path.npos;
    return is_normal ? std::string(path)
                     : std::filesystem::path(path).lexically_normal().generic_string();
}

/// What the names in a path say, wherever it leads: `credential`, `metadata`, `steering` or
/// `inside`.
path_class classify_names(std::string_view path) {
    const std::string small_path = lower(path);
    auto found = path_class::inside;
    for (std::size_t from = 0; from < path.size();) {
        const std::size_t end = std::min(path.find('/', from), path.size());
        const auto name = path.substr(from, end - from);
        const auto small = std::string_view(small_path).substr(from, end - from);
        from = end + 1;
        if (name.empty()) continue;
        if (contains(credential_names, small) || is_environment_file(small) || is_key_file(small))
            return path_class::credential;
        if (contains(metadata_names, small)) return path_class::metadata;
        if (contains(steering_names, name)) found = path_class::steering;
    }
    return found;
}

}  // namespace

path_class classify_path(std::string_view path) {
    if (contains(harmless_paths, path) || path.starts_with("/dev/fd/")) return path_class::harmless;
    const std::string whole = normalise(path);
    const path_class by_name = classify_names(whole);
    if (by_name == path_class::credential || by_name == path_class::metadata) return by_name;
    if (is_process_memory(path)) return path_class::credential;
    if (path.find('$') != path.npos || path.find("{}") != path.npos) return path_class::unknown;
    // Devices, and what bash makes connections of.
    if (whole.starts_with("/dev/")) return path_class::unknown;
    if (whole == "/tmp" || whole.starts_with("/tmp/")) return path_class::scratch;
    const bool elsewhere = path.starts_with('~') || whole.starts_with('/') || whole == ".." ||
                           whole.starts_with("../");
    if (elsewhere && path.find_first_of("*?[") != path.npos) return path_class::unknown;
    if (elsewhere) return path_class::outside;
    if (whole.empty() || whole == "." || whole == "./" || whole[0] == '*' || whole[0] == '?' ||
        whole == ".*")
        return path_class::whole;
    return by_name;
}

}  // namespace riva::verify
