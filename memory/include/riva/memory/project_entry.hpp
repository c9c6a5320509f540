#pragma once

#include <riva/runtime/error.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::memory {

/// What an entry of project memory is.
enum class entry_kind {
    decision,    ///< must be respected
    pattern,     ///< comes again and again, and is to be followed
    correction,  ///< what was changed of a change that riva had made
};

/// Who said it. What was learnt comes from files, and is no instruction.
enum class told_by { user, learnt };

/// `decision`, `pattern`, `correction`; `user`, `learnt`.
std::string_view to_string(entry_kind kind);
std::string_view to_string(told_by by);
std::optional<entry_kind> parse_entry_kind(std::string_view text);
std::optional<told_by> parse_told_by(std::string_view text);

using memory_time = std::chrono::sys_time<std::chrono::milliseconds>;

/// Where something was learnt.
struct entry_evidence {
    std::string run;
    std::uint64_t seq = 0;  ///< of the event that holds the change of the run
    std::string file;
    std::string hunk;  ///< lines that riva wrote with `-`, those that stand there now with `+`

    friend bool operator==(const entry_evidence&, const entry_evidence&) = default;
};

/// What is to be remembered.
struct new_entry {
    entry_kind kind = entry_kind::decision;
    told_by by = told_by::user;
    std::string text;                ///< 1 to `longest_text` bytes
    std::vector<std::string> paths = {};  ///< of files, or globs; none: it concerns all
    /// What makes two entries of a kind the same; empty: their text and paths.
    std::string key = {};
    /// What the same correction of two runs says of all files, for a pattern; empty: nothing.
    std::string rule = {};
    std::vector<std::string> rule_paths = {};
    std::vector<entry_evidence> evidence = {};
    bool revoked = false;  ///< it is to be forgotten
};

/// What is remembered.
struct project_entry {
    std::int64_t id = 0;  ///< unique in a database, and never given again
    entry_kind kind = entry_kind::decision;
    told_by by = told_by::user;
    std::string text;
    std::vector<std::string> paths;
    std::int64_t count = 1;  ///< how often it was said or seen
    memory_time created;
    std::optional<memory_time> used;  ///< when a prompt showed it last
    bool revoked = false;             ///< forgotten: kept as evidence, and never shown
    std::string key;                  ///< what makes it the same as another one of its kind
    std::vector<entry_evidence> evidence;  ///< the first `most_evidence`

    friend bool operator==(const project_entry&, const project_entry&) = default;
};

/// Whether something can be remembered. Errors: `errc::bad_entry`.
result<void> check_entry(const new_entry& what);

inline constexpr std::size_t longest_text = 4096;   ///< bytes; also of a hunk
inline constexpr std::size_t most_paths = 32;       ///< of an entry
inline constexpr std::size_t longest_path = 512;    ///< bytes
inline constexpr std::size_t most_evidence = 50;

/// What an intention is about.
struct recall_query {
    std::string words;  ///< any text
    /// Files that it concerns: an entry with paths that match none of them is left out. Empty: not
    /// known.
    std::vector<std::string> files = {};
    std::vector<std::string> hints = {};  ///< files that it may concern
    std::size_t most = 24;  ///< entries, 1 to 64
};

}  // namespace riva::memory
