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
    return std::find(all.begin(), all.end(), word) != all.end();
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

}  // namespace

path_class classify_path(std::string_view path) {
    if (contains(harmless_paths, path) || path.starts_with("/dev/fd/")) return path_class::harmless;
    const auto normal = std::filesystem::path(path).lexically_normal();
    bool steering = false;
    for (const auto& part : normal) {
        const std::string name = part.string();
        const std::string small = lower(name);
        if (contains(credential_names, small) || is_environment_file(small) || is_key_file(small))
            return path_class::credential;
        if (contains(metadata_names, small)) return path_class::metadata;
        steering |= contains(steering_names, name);
    }
    if (is_process_memory(path)) return path_class::credential;
    if (path.find('$') != path.npos || path.find("{}") != path.npos) return path_class::unknown;
    const std::string whole = normal.generic_string();
    // Devices, and what bash makes connections of.
    if (whole.starts_with("/dev/")) return path_class::unknown;
    if (whole == "/tmp" || whole.starts_with("/tmp/")) return path_class::scratch;
    const bool elsewhere =
        path.starts_with('~') || normal.is_absolute() || whole == ".." || whole.starts_with("../");
    if (elsewhere && path.find_first_of("*?[") != path.npos) return path_class::unknown;
    if (elsewhere) return path_class::outside;
    if (whole.empty() || whole == "." || whole == "./" || whole[0] == '*' || whole[0] == '?' ||
        whole == ".*")
        return path_class::whole;
    return steering ? path_class::steering : path_class::inside;
}

}  // namespace riva::verify
