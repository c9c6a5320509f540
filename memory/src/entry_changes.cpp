#include "entry_changes.hpp"

#include "entry_index.hpp"

#include <riva/memory/error.hpp>
#include <riva/runtime/digest.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace riva::memory {
namespace {

error refuse(std::string why) {
    return {errc::bad_entry, std::move(why)};
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string key_of(const new_entry& what) {
    if (!what.key.empty()) return what.key;
    // The length before each keeps two lists from having the same text.
    std::string all = std::to_string(what.text.size()) + ":" + what.text;
    for (const auto& path : what.paths) all += std::to_string(path.size()) + ":" + path;
    return sha256(all);
}

bool adds_path(project_entry& to, const std::string& path) {
    const bool known = std::ranges::find(to.paths, path) != to.paths.end();
    if (known || to.paths.size() >= most_paths) return false;
    to.paths.push_back(path);
    return true;
}

/// Adds what is new, and says how much that is.
std::int64_t take_evidence(
    SQLite::Database& in, project_entry& into, const std::vector<entry_evidence>& more
) {
    std::int64_t fresh = 0;
    for (const auto& one : more) {
        if (std::ranges::find(into.evidence, one) != into.evidence.end()) continue;
        ++fresh;
        if (into.evidence.size() >= most_evidence) continue;
        add_evidence(in, into.id, into.evidence.size(), one);
        into.evidence.push_back(one);
    }
    return fresh;
}

project_entry insert(
    SQLite::Database& in,
    stored_project& project,
    const new_entry& what,
    std::string key,
    memory_time now
) {
    project_entry e;
    e.key = std::move(key);
    e.kind = what.kind;
    e.by = what.by;
    e.text = what.text;
    e.paths = what.paths;
    e.count = std::max<std::int64_t>(1, static_cast<std::int64_t>(what.evidence.size()));
    e.created = now;
    e.revoked = what.revoked;
    insert_entry(in, project, e);
    take_evidence(in, e, what.evidence);
    if (!e.revoked) index_entry(in, project, e);
    return e;
}

result<void> check_paths(const std::vector<std::string>& paths) {
    if (paths.size() > most_paths)
        return refuse(
            "There are " + std::to_string(paths.size()) + " paths; name at most " +
            std::to_string(most_paths) + ", or a glob."
        );
    for (const auto& path : paths)
        if (is_blank(path) || path.size() > longest_path || path.front() == '/' ||
            path.find_first_of(std::string_view("\0\n", 2)) != std::string::npos)
            return refuse(
                "A path is relative to the repository, such as src/*.py, and has one line of at "
                "most " +
                std::to_string(longest_path) + " bytes."
            );
    return {};
}

}  // namespace

result<void> check_entry(const new_entry& what) {
    if (is_blank(what.text)) return refuse("There is no text to remember; write one sentence.");
    const std::size_t longest = std::max(what.text.size(), what.rule.size());
    if (longest > longest_text)
        return refuse(
            "The text has " + std::to_string(longest) + " bytes; write at most " +
            std::to_string(longest_text) + "."
        );
    if (what.text.find('\0') != std::string::npos)
        return refuse("The text holds a NUL character; leave it out.");
    for (const auto& one : what.evidence)
        if (one.hunk.size() > longest_text)
            return refuse(
                "A hunk of the evidence has " + std::to_string(one.hunk.size()) +
                " bytes; it can have " + std::to_string(longest_text) + "."
            );
    return check_paths(what.paths);
}

project_entry remember(
    SQLite::Database& in, stored_project& project, const new_entry& what, memory_time now
) {
    std::string key = key_of(what);
    auto known = find_entry(in, project, what.kind, key);
    if (!known) return insert(in, project, what, std::move(key), now);
    project_entry& e = *known;
    load_evidence(in, e);
    bool new_path = false;
    for (const auto& path : what.paths) new_path |= adds_path(e, path);
    const bool said = what.by == told_by::user;
    const std::int64_t fresh = take_evidence(in, e, what.evidence);
    e.count += said && what.evidence.empty() ? 1 : fresh;
    const bool before = e.revoked;
    e.revoked = what.revoked || (before && !said);
    update_entry(in, e);
    if (e.revoked) unindex_entry(in, e.id);
    if (!e.revoked && (before || new_path)) index_entry(in, project, e);
    return e;
}

std::optional<project_entry> remember_pattern(
    SQLite::Database& in,
    stored_project& project,
    const project_entry& correction,
    const new_entry& what,
    memory_time now
) {
    std::set<std::string> runs;
    for (const auto& one : correction.evidence) runs.insert(one.run);
    if (what.rule.empty() || runs.size() < 2) return std::nullopt;
    new_entry pattern;
    pattern.kind = entry_kind::pattern;
    pattern.by = told_by::learnt;
    pattern.text = what.rule;
    pattern.paths = what.rule_paths;
    pattern.key = key_of(what);
    pattern.evidence = correction.evidence;
    return remember(in, project, pattern, now);
}

}  // namespace riva::memory
