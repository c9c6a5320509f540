#pragma once

#include <riva/memory/project_entry.hpp>
#include <riva/memory/watched_change.hpp>
#include <riva/runtime/error.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace riva::memory {

/// Keeps what is to be remembered of each project in riva's database: decisions of the user,
/// patterns, and corrections of what riva wrote. A project is the canonical path of a repository;
/// no two share anything.
///
/// Every call blocks, for the disk and for up to five seconds while another connection writes.
/// A change is durable when its call returns, or has not happened. Thread safety: safe; calls run
/// one after the other. Errors of all: `errc::corrupt` naming the row; busy, full, read_only,
/// io_failed.
class project_memory {
public:
    /// Opens or creates `file`; its folder must exist. Errors: as `sqlite_journal::open`.
    static result<std::unique_ptr<project_memory>> open(const std::filesystem::path& file);
    ~project_memory();
    project_memory(const project_memory&) = delete;
    project_memory& operator=(const project_memory&) = delete;

    /// Remembers something, and returns it as it is kept. What is there already counts once more
    /// for evidence that is new; said again by the user it is forgotten no more.
    /// Errors: `errc::bad_entry` for an empty or too long text, and for paths that are none.
    result<project_entry> add(const std::string& project, const new_entry& what, memory_time now);

    /// The same for several, all or none of them.
    result<std::vector<project_entry>> add_all(
        const std::string& project, const std::vector<new_entry>& what, memory_time now
    );

    /// Everything, or all of a kind, in the order in which it was first remembered.
    result<std::vector<project_entry>> list(
        const std::string& project, std::optional<entry_kind> kind, bool with_revoked = false
    );

    /// Shows it no more; the entry and its evidence stay, and its being learnt again does not bring
    /// it back. Errors: `errc::unknown_entry`, also when it belongs to another project.
    result<project_entry> forget(const std::string& project, std::int64_t id);

    /// Deletes it with its evidence. Errors: as `forget`.
    result<project_entry> erase(const std::string& project, std::int64_t id);

    /// What concerns an intention, most relevant first, without evidence: by words, rare ones
    /// first; by files; and what the user said of all files. Takes a time that does not grow with
    /// the number of entries, but for a logarithm.
    result<std::vector<project_entry>> recall(
        const std::string& project, const recall_query& about
    );

    /// Notes that prompts have shown entries; those that are gone are left out.
    result<void> mark_used(
        const std::string& project, const std::vector<std::int64_t>& ids, memory_time now
    );

    /// Looks at a change from now on. Files that earlier changes share with it are not looked at
    /// for those any more; a change of the same run is replaced. Of a project the latest 32 changes
    /// are kept.
    result<void> watch(const std::string& project, const watched_change& what, memory_time now);

    /// The changes that are looked at, the oldest first.
    result<std::vector<watched_change>> watched(const std::string& project);

    /// Remembers what became of files, unless somebody else has done so meanwhile, and ends the
    /// watch on them. Returns the entries as they are kept: new ones and those that were seen once
    /// more, with the patterns that follow from corrections that two runs share.
    /// Errors: as `add`.
    result<std::vector<project_entry>> conclude(
        const std::string& project, const watch_finding& what, memory_time now
    );

    const std::filesystem::path& file() const;

private:
    struct state;
    explicit project_memory(std::unique_ptr<state> s);
    std::unique_ptr<state> state_;
};

}  // namespace riva::memory
