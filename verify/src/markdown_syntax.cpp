#include "blank_evidence.hpp"
#include "command_evidence.hpp"
#include "regular_file.hpp"
#include "syntax_tools.hpp"

#include <riva/runtime/digest.hpp>

#include <algorithm>
#include <array>

namespace riva::verify {
namespace {

constexpr std::size_t largest = 4 * 1024 * 1024;

/// A line of three or more backticks or tildes.
struct fence {
    char sign = 0;
    std::size_t length = 0;
    std::size_t indent = 0;
    bool bare = false;  ///< nothing follows, so that it can close
};

fence fence_in(std::string_view line) {
    fence f;
    f.indent = std::min(line.find_first_not_of(" \t>"), line.size());
    line.remove_prefix(f.indent);
    if (line.empty() || (line[0] != '`' && line[0] != '~')) return {};
    f.length = std::min(line.find_first_not_of(line[0]), line.size());
    const std::string_view rest = line.substr(f.length);
    // `` ```a``` `` is code in a line of text.
    if (f.length < 3 || (line[0] == '`' && rest.find('`') != std::string_view::npos)) return {};
    f.sign = line[0];
    f.bare = rest.find_first_not_of(" \t\r") == std::string_view::npos;
    return f;
}

/// Text in which a fence may be none.
bool holds_raw_text(std::string_view text) {
    static constexpr std::array<std::string_view, 5> signs{
        "<!--", "<pre", "<script", "<style", "<textarea"
    };
    return std::ranges::any_of(signs, [&](std::string_view sign) {
        return text.find(sign) != std::string_view::npos;
    });
}

/// The fence that is open at the end, if one is.
struct open_fence {
    std::size_t line = 0;  ///< from 1; 0: none
    bool certain = true;   ///< no list or quotation could have closed it
};

open_fence find_open_fence(std::string_view text) {
    fence open;
    open_fence found;
    std::size_t number = 0;
    for (const std::string_view line : lines_of(text)) {
        ++number;
        const fence f = fence_in(line);
        if (f.sign == 0) continue;
        if (f.indent > 0) found.certain = false;
        if (found.line == 0) {
            open = f;
            found.line = number;
        } else if (f.sign == open.sign && f.length >= open.length && f.bare) {
            found.line = 0;
        }
    }
    return found;
}

}  // namespace

asio::awaitable<evidence> judge_markdown(source_task task, deadline) {
    evidence e = blank_evidence(task.traits, task.input);
    const std::string file = task.files.front();
    const auto content = read_regular_file(task.input.root / file, largest);
    if (!content || content->find('\0') != std::string::npos) {
        retract(e, verdict::indeterminate, file + " is too large, or no text");
        co_return e;
    }
    const open_fence open = find_open_fence(*content);
    e.result = open.line == 0 ? verdict::pass : verdict::fail;
    e.grade = evidence_grade::statically;
    if (open.line != 0) {
        e.detail = file + ":" + std::to_string(open.line) + ": the code fence is never closed";
        e.log = e.detail + "\n";
        if (!open.certain || holds_raw_text(*content))
            retract(e, verdict::indeterminate, "cannot tell: " + e.detail);
    }
    e.log_digest = sha256(e.log);
    co_return e;
}

}  // namespace riva::verify
