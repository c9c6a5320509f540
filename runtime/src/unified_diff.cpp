#include <riva/runtime/unified_diff.hpp>

#include <riva/runtime/change_set.hpp>
#include <riva/runtime/line_diff.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace riva {
namespace {

constexpr std::size_t context_lines = 3;

/// As git writes names: in quotes with octal escapes when there is anything unusual.
std::string quoted(std::string_view prefix, std::string_view path) {
    const std::string name = std::string(prefix) + std::string(path);
    std::string escaped = "\"";
    bool unusual = false;
    for (const char c : name) {
        constexpr std::string_view specials = "\a\b\t\n\v\f\r\"\\";
        constexpr std::string_view letters = "abtnvfr\"\\";
        const auto byte = static_cast<unsigned char>(c);
        if (const auto at = specials.find(c); at != std::string_view::npos) {
            unusual = true;
            escaped += {'\\', letters[at]};
        } else if (byte < 0x20 || byte >= 0x7f) {
            unusual = true;
            escaped += {
                '\\',
                static_cast<char>('0' + (byte >> 6)),
                static_cast<char>('0' + (byte >> 3 & 7)),
                static_cast<char>('0' + (byte & 7)),
            };
        } else {
            escaped += c;
        }
    }
    return unusual ? escaped + "\"" : name;
}

/// The name in a `---` or `+++` line; a tab ends names with spaces, which would be cut otherwise.
std::string file_line(std::string_view prefix, std::string_view path, bool exists) {
    if (!exists) return "/dev/null";
    return quoted(prefix, path) + (path.find(' ') != std::string_view::npos ? "\t" : "");
}

/// Git knows of permissions only whether the owner may execute.
std::string_view git_mode(std::uint32_t mode) {
    if (mode == symlink_mode) return "120000";
    return (mode & 0100) != 0 ? "100755" : "100644";
}

std::string header(std::string_view path, diff_side before, diff_side after) {
    std::string text = "diff --git " + quoted("a/", path) + " " + quoted("b/", path) + "\n";
    const auto line = [&](std::string_view what, std::uint32_t mode) {
        text += std::string(what) + " " + std::string(git_mode(mode)) + "\n";
    };
    if (before.mode == 0) {
        line("new file mode", after.mode);
    } else if (after.mode == 0) {
        line("deleted file mode", before.mode);
    } else if (git_mode(before.mode) != git_mode(after.mode)) {
        line("old mode", before.mode);
        line("new mode", after.mode);
    }
    return text;
}

using lines = std::vector<std::string_view>;

void add_line(std::string& text, char sign, std::string_view line) {
    text += sign;
    text += line;
    if (!line.ends_with('\n')) text += "\n\\ No newline at end of file\n";
}

std::string range(std::size_t begin, std::size_t end) {
    const std::size_t count = end - begin;
    const std::string first = std::to_string(count == 0 ? begin : begin + 1);
    return count == 1 ? first : first + "," + std::to_string(count);
}

/// One hunk: the changes [first, last), which are near one another.
void add_hunk(
    std::string& text,
    const lines& a,
    const lines& b,
    std::vector<line_change>::const_iterator first,
    std::vector<line_change>::const_iterator last
) {
    const line_change& end = *std::prev(last);
    const std::size_t before = std::min(context_lines, first->a_begin);
    const std::size_t behind = std::min(context_lines, a.size() - end.a_end);
    text += "@@ -" + range(first->a_begin - before, end.a_end + behind) + " +" +
            range(first->b_begin - before, end.b_end + behind) + " @@\n";
    std::size_t at = first->a_begin - before;
    for (auto change = first; change != last; ++change) {
        for (; at < change->a_begin; ++at) add_line(text, ' ', a[at]);
        for (; at < change->a_end; ++at) add_line(text, '-', a[at]);
        for (auto i = change->b_begin; i < change->b_end; ++i) add_line(text, '+', b[i]);
    }
    for (; at < end.a_end + behind; ++at) add_line(text, ' ', a[at]);
}

std::string hunks(std::string_view before, std::string_view after) {
    const lines a = lines_with_ends(before);
    const lines b = lines_with_ends(after);
    const auto changes = diff_lines(a, b);
    std::string text;
    for (auto first = changes.begin(); first != changes.end();) {
        auto last = std::next(first);
        while (last != changes.end() && last->a_begin - std::prev(last)->a_end <= 2 * context_lines)
            ++last;
        add_hunk(text, a, b, first, last);
        first = last;
    }
    return text;
}

}  // namespace

std::string unified_diff(std::string_view path, diff_side before, diff_side after) {
    const bool both = before.mode != 0 && after.mode != 0;
    if (both && (before.mode == symlink_mode) != (after.mode == symlink_mode))
        return unified_diff(path, before, {}) + unified_diff(path, {}, after);
    const bool same_content = before.content == after.content;
    const bool same_mode = both && git_mode(before.mode) == git_mode(after.mode);
    if ((before.mode == 0 && after.mode == 0) || (same_content && same_mode)) return {};

    std::string text = header(path, before, after);
    if (same_content) return text;
    const std::string old_name = file_line("a/", path, before.mode != 0);
    const std::string new_name = file_line("b/", path, after.mode != 0);
    const auto is_binary = [](std::string_view s) {
        return s.find('\0') != std::string_view::npos;
    };
    if (is_binary(before.content) || is_binary(after.content))
        return text + "Binary files " + old_name + " and " + new_name + " differ\n";
    return text + "--- " + old_name + "\n+++ " + new_name + "\n" +
           hunks(before.content, after.content);
}

}  // namespace riva
