#include "user_edits.hpp"

#include <riva/runtime/line_diff.hpp>

#include <algorithm>

namespace riva::agents {
namespace {

constexpr std::size_t most_edits = 20;
constexpr std::size_t most_pairs = 8;  // longer, lines that replace one another are a rewrite

using lines = std::vector<std::string_view>;

bool is_binary(std::string_view text) {
    return text.find('\0') != std::string_view::npos;
}

std::string without_end(std::string_view line) {
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    return std::string(line);
}

std::string without_space(const std::vector<std::string>& all) {
    std::string out;
    for (const auto& line : all)
        for (const char c : line)
            if (c != ' ' && c != '\t') out += c;
    return out;
}

/// Which lines of riva's version riva wrote, and where it took lines out.
class own_lines {
public:
    explicit own_lines(std::vector<line_change> made) : made_(std::move(made)) {}

    bool holds(std::size_t line) const {
        return std::ranges::any_of(made_, [&](const line_change& c) {
            return c.b_begin <= line && line < c.b_end;
        });
    }

    /// Whether lines that come in before `line` come into riva's change.
    bool surround(std::size_t line) const {
        return std::ranges::any_of(made_, [&](const line_change& c) {
            return (c.b_begin < line && line < c.b_end) ||
                   (c.b_begin == c.b_end && c.b_end == line);
        });
    }

private:
    std::vector<line_change> made_;
};

class edit_finder {
public:
    edit_finder(const own_lines& own, const lines& ours, const lines& now)
        : own_(own), ours_(ours), now_(now) {}

    std::vector<user_edit> find(const std::vector<line_change>& changes) {
        for (const auto& c : changes) look_at(c);
        return std::move(found_);
    }

private:
    void look_at(const line_change& c) {
        const std::size_t old_lines = c.a_end - c.a_begin, new_lines = c.b_end - c.b_begin;
        if (old_lines == new_lines && old_lines <= most_pairs) {
            for (std::size_t i = 0; i < old_lines; ++i)
                if (own_.holds(c.a_begin + i)) add(c.a_begin + i, 1, c.b_begin + i, 1);
            return;
        }
        const bool concerns = old_lines == 0 ? own_.surround(c.a_begin) : holds_one(c);
        if (concerns) add(c.a_begin, old_lines, c.b_begin, new_lines);
    }

    bool holds_one(const line_change& c) const {
        for (std::size_t i = c.a_begin; i < c.a_end; ++i)
            if (own_.holds(i)) return true;
        return false;
    }

    void add(
        std::size_t old_begin, std::size_t old_lines, std::size_t new_begin, std::size_t new_lines
    ) {
        user_edit edit;
        for (std::size_t i = old_begin; i < old_begin + old_lines; ++i)
            if (own_.holds(i)) edit.before.push_back(without_end(ours_[i]));
        for (std::size_t i = new_begin; i < new_begin + new_lines; ++i)
            edit.after.push_back(without_end(now_[i]));
        if (without_space(edit.before) == without_space(edit.after)) return;
        if (found_.size() < most_edits) found_.push_back(std::move(edit));
    }

    const own_lines& own_;
    const lines& ours_;
    const lines& now_;
    std::vector<user_edit> found_;
};

bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// Words, and every other character but white space by itself.
lines tokens_of(std::string_view text) {
    lines all;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i + 1;
        while (is_word(text[i]) && end < text.size() && is_word(text[end])) ++end;
        const bool space = text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r';
        if (!space) all.push_back(text.substr(i, end - i));
        i = end;
    }
    return all;
}

/// The text from the first to the last of some of its tokens.
std::string span(const lines& tokens, std::size_t from, std::size_t to) {
    if (from >= to) return {};
    const char* const begin = tokens[from].data();
    const char* const end = tokens[to - 1].data() + tokens[to - 1].size();
    return {begin, end};
}

}  // namespace

std::vector<user_edit> find_user_edits(
    std::string_view base, std::string_view ours, std::string_view now
) {
    if (is_binary(base) || is_binary(ours) || is_binary(now)) return {};
    const lines before = lines_with_ends(base), ours_lines = lines_with_ends(ours),
                now_lines = lines_with_ends(now);
    const own_lines own(diff_lines(before, ours_lines));
    return edit_finder(own, ours_lines, now_lines).find(diff_lines(ours_lines, now_lines));
}

replaced_piece find_piece(std::string_view before, std::string_view after) {
    const lines a = tokens_of(before), b = tokens_of(after);
    const std::size_t shorter = std::min(a.size(), b.size());
    std::size_t head = 0;
    while (head < shorter && a[head] == b[head]) ++head;
    std::size_t tail = 0;
    while (tail < shorter - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
    return {span(a, head, a.size() - tail), span(b, head, b.size() - tail)};
}

}  // namespace riva::agents
