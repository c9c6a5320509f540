#include "safe_path.hpp"

#include <riva/runtime/utf8.hpp>

#include <algorithm>
#include <cctype>

namespace riva {
namespace {

constexpr std::size_t longest_path = 4096;
constexpr std::size_t longest_component = 255;
constexpr std::size_t longest_shown = 200;

constexpr const char* hint = "; use a path relative to the repository, such as src/main.py";

error refuse(errc code, std::string_view path, std::string_view why) {
    return error{code, "path " + shown(path) + " " + std::string(why) + hint};
}

/// Characters that some file systems leave out when they compare names.
bool is_ignorable(char32_t c) {
    return c == 0xad || c == 0x34f || c == 0x61c || (c >= 0x180b && c <= 0x180f) ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff;
}

std::string without_ignorable(std::string_view name) {
    std::string visible;
    while (!name.empty()) {
        const std::string_view before = name;
        const auto c = next_code_point(name);
        if (!c) name.remove_prefix(1);
        if (!c || !is_ignorable(*c)) visible += before.substr(0, before.size() - name.size());
    }
    return visible;
}

/// What a name may mean to a file system that folds case, ignores trailing dots and spaces, or
/// knows streams (`.git::$INDEX_ALLOCATION`).
std::string folded(std::string_view name) {
    std::string text = without_ignorable(name);
    if (const auto colon = text.find(':'); colon != std::string::npos) text.resize(colon);
    while (!text.empty() && (text.back() == '.' || text.back() == ' ')) text.pop_back();
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return text;
}

std::string percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto digit = [&](std::size_t at) {
            return at < text.size() && std::isxdigit(static_cast<unsigned char>(text[at])) != 0;
        };
        if (text[i] == '%' && digit(i + 1) && digit(i + 2)) {
            decoded +=
                static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
            i += 2;
        } else {
            decoded += text[i];
        }
    }
    return decoded;
}

/// Whether some reader could take the path to hold a `..`.
bool climbs(std::string_view path) {
    std::string text = percent_decoded(path);
    std::replace(text.begin(), text.end(), '\\', '/');
    const auto parts = components(text);
    return std::any_of(parts.begin(), parts.end(), [](std::string_view part) {
        return without_ignorable(part) == "..";
    });
}

bool is_absolute(std::string_view path) {
    if (path.front() == '/' || path.front() == '~') return true;
    const auto colon = path.find(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const std::string_view scheme = path.substr(0, colon);
    const bool word = std::all_of(scheme.begin(), scheme.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.';
    });
    const std::string_view rest = path.substr(colon + 1);
    return word && (rest.starts_with("//") ||
                    (colon == 1 && (rest.empty() || rest.front() == '/' || rest.front() == '\\')));
}

bool starts_with_components(std::string_view path, std::string_view prefix) {
    const auto a = components(path);
    const auto b = components(prefix);
    return a.size() >= b.size() && std::equal(b.begin(), b.end(), a.begin(), [](auto x, auto y) {
               return folded(x) == folded(y);
           });
}

std::string_view trimmed(std::string_view path) {
    while (path.starts_with("./")) path.remove_prefix(2);
    while (path.ends_with('/')) path.remove_suffix(1);
    return path;
}

}  // namespace

std::string shown(std::string_view text) {
    constexpr char digits[] = "0123456789abcdef";
    const bool cut = text.size() > longest_shown;
    if (cut) text = text.substr(0, longest_shown);
    std::string quoted = "'";
    while (!text.empty()) {
        const std::string_view before = text;
        const auto c = next_code_point(text);
        if (c && !is_control(*c) && *c != '\\') {
            quoted += before.substr(0, before.size() - text.size());
            continue;
        }
        if (!c) text.remove_prefix(1);
        for (const char byte : before.substr(0, before.size() - text.size())) {
            if (byte == '\\')
                quoted += "\\\\";
            else if (byte == '\n')
                quoted += "\\n";
            else if (byte == '\t')
                quoted += "\\t";
            else
                quoted += {'\\', 'x', digits[(byte >> 4) & 15], digits[byte & 15]};
        }
    }
    return quoted + (cut ? "...'" : "'");
}

std::string shown_list(const std::vector<std::string>& texts) {
    constexpr std::size_t most = 10;
    std::string list;
    for (std::size_t i = 0; i < std::min(most, texts.size()); ++i)
        list += (i == 0 ? "" : ", ") + shown(texts[i]);
    if (texts.size() > most) list += " and " + std::to_string(texts.size() - most) + " more";
    return list;
}

std::vector<std::string_view> components(std::string_view path) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto slash = path.find('/');
        parts.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return parts;
        path.remove_prefix(slash + 1);
    }
}

std::optional<error> structural_refusal(std::string_view path) {
    if (path.empty()) return error{errc::path_invalid, std::string("the path is empty") + hint};
    if (path.size() > longest_path)
        return refuse(errc::path_invalid, path, "is longer than 4096 bytes");
    if (path.find('\0') != std::string_view::npos)
        return refuse(errc::path_invalid, path, "holds a NUL byte");
    if (path.front() == '/') return refuse(errc::path_outside, path, "is absolute");
    for (const std::string_view part : components(path)) {
        if (part == "..") return refuse(errc::path_outside, path, "leads out of the repository");
        if (part.empty() || part == ".")
            return refuse(errc::path_invalid, path, "has an empty or '.' component");
        if (part.size() > longest_component)
            return refuse(errc::path_invalid, path, "has a name longer than 255 bytes");
    }
    return std::nullopt;
}

std::optional<error> refusal(std::string_view path) {
    if (path.empty() || path.size() > longest_path) return structural_refusal(path);
    for (std::string_view rest = path; !rest.empty();) {
        const auto c = next_code_point(rest);
        if (!c) return refuse(errc::path_invalid, path, "is not valid UTF-8");
        if (is_control(*c)) return refuse(errc::path_invalid, path, "holds a control character");
    }
    if (is_absolute(path))
        return refuse(errc::path_outside, path, "is absolute or names another place");
    if (climbs(path)) return refuse(errc::path_outside, path, "leads out of the repository");
    if (path.find('\\') != std::string_view::npos)
        return refuse(errc::path_invalid, path, "holds a backslash, but '/' separates folders");
    return structural_refusal(path);
}

bool is_metadata(std::string_view path) {
    const auto parts = components(path);
    return std::any_of(parts.begin(), parts.end(), [](std::string_view part) {
        const std::string name = folded(part);
        return name == ".git" || name == "git~1" || name == ".riva";
    });
}

bool is_protected(std::string_view path, const std::vector<std::string>& protected_paths) {
    if (is_metadata(path)) return true;
    const auto parts = components(path);
    if (std::any_of(parts.begin(), parts.end(), [](auto p) { return folded(p) == "riva.toml"; }))
        return true;
    return std::any_of(protected_paths.begin(), protected_paths.end(), [&](const std::string& p) {
        return !trimmed(p).empty() && starts_with_components(path, trimmed(p));
    });
}

}  // namespace riva
