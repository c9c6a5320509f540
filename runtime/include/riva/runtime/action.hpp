#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace riva {

/// Writes a new file. Refused when the path exists.
struct create_file {
    std::string path;  ///< relative to the workspace, `/` as separator
    std::string content;

    friend bool operator==(const create_file&, const create_file&) = default;
};

/// One exact replacement: `find` must occur exactly once.
struct text_replacement {
    std::string find;
    std::string replace;

    friend bool operator==(const text_replacement&, const text_replacement&) = default;
};

/// Changes an existing file by exact replacements, applied in order; all of them or none.
struct edit_file {
    std::string path;
    std::vector<text_replacement> replacements;

    friend bool operator==(const edit_file&, const edit_file&) = default;
};

/// Removes an existing file.
struct delete_file {
    std::string path;

    friend bool operator==(const delete_file&, const delete_file&) = default;
};

/// Runs a program in the workspace. A shell line is `{"sh", "-c", line}`.
struct run_command {
    std::vector<std::string> argv;
    std::string cwd;  ///< relative to the workspace; empty: its root

    friend bool operator==(const run_command&, const run_command&) = default;
};

enum class query_kind { read, search, list };

/// Looks at the workspace and changes nothing.
struct query {
    query_kind kind = query_kind::list;
    std::string path;     ///< file to read, or folder to look in; empty: the root
    std::string pattern;  ///< text to search for, without wildcards; only for `search`

    friend bool operator==(const query&, const query&) = default;
};

/// One typed step of an agent.
using action = std::variant<create_file, edit_file, delete_file, run_command, query>;

/// `create`, `edit`, `delete`, `command` or `query`.
std::string_view kind_name(const action& a);

/// The path that the action touches; for a command its working folder.
std::string_view target(const action& a);

/// `create src/a.py`, `command: python3 -m unittest`: one line for a person. Control characters are
/// escaped.
std::string summary(const action& a);

std::string_view to_string(query_kind kind);

}  // namespace riva
