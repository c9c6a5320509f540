#include "beneath.hpp"
#include "file_work.hpp"
#include "regular_file.hpp"
#include "safe_path.hpp"
#include "tree_list.hpp"
#include "workspace_state.hpp"

#include <riva/runtime/utf8.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <optional>

namespace riva {
namespace {

constexpr std::size_t longest_answer = 256 * 1024;
constexpr std::size_t most_names = 2000;
constexpr std::size_t most_hits = 200;
constexpr std::size_t longest_hit = 300;

bool is_binary(std::string_view content) {
    return content.substr(0, 8192).find('\0') != std::string_view::npos;
}

/// Cuts at the end of a line where there is one, otherwise between characters.
std::string_view beginning(std::string_view text, std::size_t length) {
    if (text.size() <= length) return text;
    text = text.substr(0, length);
    if (const auto end = text.rfind('\n'); end != std::string_view::npos)
        return text.substr(0, end + 1);
    for (std::size_t cut = 0; cut < 4 && !is_utf8(text.substr(text.size() - 1)); ++cut)
        text.remove_suffix(1);
    return text;
}

/// A name as it is, or quoted when it could break the lines of a list.
std::string listed(std::string_view path) {
    for (std::string_view rest = path; !rest.empty();) {
        const auto c = next_code_point(rest);
        if (!c || is_control(*c)) return shown(path);
    }
    return std::string(path);
}

/// The query's path as the tree knows it: models write `.`, `./src` and `src/` too.
std::string_view plain(std::string_view path) {
    while (path.starts_with("./")) path.remove_prefix(2);
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    return path == "." ? std::string_view() : path;
}

std::string link_target(int tree, const std::string& path) {
    const place at = place_of(tree, path);
    std::string target(PATH_MAX, '\0');
    const ssize_t n = ::readlinkat(at.parent.get(), at.name.c_str(), target.data(), target.size());
    target.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
    return target;
}

/// The files below `path` (or `path` itself), and whether ignored ones were left out.
struct found_files {
    std::vector<tree_entry> entries;
    bool ignored = false;
    bool is_folder = true;
};

found_files files_below(
    int tree, const std::string& path, const ignore_rules& rules, const std::stop_token& stop
) {
    found_files found;
    const file_descriptor start = open_beneath(tree, path, O_PATH | O_NOFOLLOW);
    struct stat info;
    if (!start || ::fstat(start.get(), &info) != 0) fail_beneath(tree, "list", path, errno);
    if (!S_ISDIR(info.st_mode)) {
        found.is_folder = false;
        found.entries.push_back({path, kind_of(info), info.st_mode & 07777, "", {}, false});
        return found;
    }
    permission_lift unused(tree);
    const file_descriptor folder = open_beneath(tree, path, O_RDONLY | O_DIRECTORY);
    if (!folder) fail_beneath(tree, "list", path, errno);
    found.entries = list_tree(folder.get(), {.without = {}}, unused, stop);
    if (!path.empty())
        for (tree_entry& e : found.entries) e.path.insert(0, path + "/");
    const bool asked_for = !path.empty() && rules.ignores(path, true);
    std::erase_if(found.entries, [&](const tree_entry& e) {
        const bool folder_entry = e.kind == entry_kind::folder;
        const bool ignored = !asked_for && rules.ignores(e.path, folder_entry);
        found.ignored |= ignored;
        return folder_entry || ignored;
    });
    return found;
}

std::string read_answer(int tree, const std::string& path, std::uint64_t at_most) {
    const std::string content = read_regular(tree, path, at_most).content;
    if (is_binary(content))
        return "(binary file of " + std::to_string(content.size()) + " bytes, not shown)\n";
    const std::string_view part = beginning(content, longest_answer);
    std::string answer = to_utf8(part);
    if (part.size() < content.size())
        answer += "\n[cut: the first " + std::to_string(part.size()) + " of " +
                  std::to_string(content.size()) + " bytes are shown; search for the rest]\n";
    return answer;
}

constexpr const char* ignored_note =
    "[ignored files are left out; name their folder to see them]\n";

std::string list_answer(int tree, const std::string& path, const found_files& found) {
    if (!found.is_folder)
        fail(
            errc::not_a_file,
            "path " + shown(path) + " is not a folder and cannot be listed; read it instead"
        );
    std::string answer;
    std::size_t count = 0;
    for (const tree_entry& e : found.entries) {
        if (++count > most_names) continue;
        answer += listed(e.path);
        if (e.kind == entry_kind::symlink) answer += " -> " + listed(link_target(tree, e.path));
        answer += '\n';
    }
    if (count == 0)
        answer = "[" + (path.empty() ? "the repository" : listed(path)) + " holds no files]\n";
    if (count > most_names)
        answer += "[cut: " + std::to_string(most_names) + " of " + std::to_string(count) +
                  " files are shown; list a folder of it]\n";
    return answer + (found.ignored ? ignored_note : "");
}

class search {
public:
    search(std::string_view pattern, std::uint64_t file_bytes)
        : pattern_(pattern), file_bytes_(file_bytes) {}

    bool full() const { return hits_ >= most_hits; }

    void look_in(int tree, const tree_entry& e) {
        if (e.kind != entry_kind::file) return;
        const file_descriptor file = open_beneath(tree, e.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        struct stat info;
        if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return;
        if (static_cast<std::uint64_t>(info.st_size) > file_bytes_) return;
        const auto content = read_all(file.get(), e.path, file_bytes_);
        if (!content || is_binary(*content)) return;
        look_in_text(e.path, *content);
    }

    std::string answer(std::string_view path, bool ignored) const {
        std::string text = lines_;
        if (hits_ == 0) {
            const std::string where = path.empty() ? "the repository" : shown(path);
            text = "[no line in " + where + " holds " + shown(pattern_) + "]\n";
        }
        if (full())
            text += "[cut after " + std::to_string(most_hits) + " lines; search for more]\n";
        return text + (ignored ? ignored_note : "");
    }

private:
    void look_in_text(const std::string& path, std::string_view content) {
        std::size_t number = 1;
        std::size_t counted = 0;
        for (auto at = content.find(pattern_); at != std::string_view::npos && !full();) {
            number += static_cast<std::size_t>(std::count(
                content.begin() + static_cast<std::ptrdiff_t>(counted),
                content.begin() + static_cast<std::ptrdiff_t>(at),
                '\n'
            ));
            counted = at;
            const auto before = content.rfind('\n', at);
            const auto begin = at == 0 || before == std::string_view::npos ? 0 : before + 1;
            const auto end = std::min(content.find('\n', at), content.size());
            add(path, number, content.substr(begin, end - begin));
            at = content.find(pattern_, end);
        }
    }

    void add(const std::string& path, std::size_t number, std::string_view line) {
        ++hits_;
        const std::string_view part = beginning(line, longest_hit);
        lines_ += listed(path) + ":" + std::to_string(number) + ": " + to_utf8(part) +
                  (part.size() < line.size() ? " ..." : "") + "\n";
    }

    std::string_view pattern_;
    std::uint64_t file_bytes_;
    std::string lines_;
    std::size_t hits_ = 0;
};

}  // namespace

std::string workspace::state::answer(const query& what, const std::stop_token& stop) {
    const std::string path(what.kind == query_kind::read ? what.path : plain(what.path));
    if (what.kind == query_kind::read || !path.empty()) check(path, false);
    if (what.kind == query_kind::read) return read_answer(tree(), path, limits.file_bytes);
    if (what.kind == query_kind::list)
        return list_answer(tree(), path, files_below(tree(), path, *rules, stop));

    if (what.pattern.empty() || what.pattern.find('\n') != std::string::npos)
        fail(
            errc::text_missing,
            "the text to search for is empty or holds a line break; give a part of one line"
        );
    const found_files found = files_below(tree(), path, *rules, stop);
    search hits(what.pattern, limits.file_bytes);
    for (const tree_entry& e : found.entries) {
        throw_if_stopped(stop);
        if (hits.full()) break;
        hits.look_in(tree(), e);
    }
    return hits.answer(path, found.ignored);
}

}  // namespace riva
