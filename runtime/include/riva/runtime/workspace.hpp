#pragma once

#include <riva/runtime/action.hpp>
#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/change_set.hpp>
#include <riva/runtime/error.hpp>
#include <riva/runtime/outcome.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace riva {

struct workspace_limits {
    std::uint64_t files = 200'000;           ///< entries in the repository
    std::uint64_t bytes = 4ull << 30;        ///< size of the repository
    std::uint64_t file_bytes = 16ull << 20;  ///< size of a file that an action may read or write
};

/// A staged copy of the user's repository, in which an agent works. The user's tree is read once,
/// when the workspace is staged, and never written. Everything that happens in the staged tree,
/// also by commands, can be rolled back.
///
/// `.git` is not staged. Paths of actions are relative, `/`-separated, checked against escapes and
/// symbolic links. File work runs on the blocking executor given to `stage`.
///
/// Thread safety: none; one coroutine at a time uses a workspace. Forks are independent of one
/// another.
class workspace {
public:
    /// The state of a tree at one moment. Cheap to copy. FIFOs, sockets and devices are not part of
    /// it.
    class snapshot {
    public:
        snapshot() = default;  ///< of an empty tree
        /// Hash of all paths, modes and contents: equal for equal trees.
        std::string tree_hash() const;
        /// Paths of all files, sorted.
        std::vector<std::string> paths() const;
        friend bool operator==(const snapshot& a, const snapshot& b) {
            return a.tree_hash() == b.tree_hash();
        }

    private:
        friend class workspace;
        struct manifest;
        std::shared_ptr<const manifest> manifest_;
    };

    /// Copies `repository` below `folder`, which must not exist and will be created with mode 0700;
    /// the folder above it must exist. Symbolic links stay links; FIFOs, sockets, devices and
    /// everything named `.git` are left out. A `folder` inside the repository is not copied into
    /// itself. Errors: `errc::tree_unreadable` (missing, not a folder, not readable),
    /// `errc::tree_too_large`, `errc::io_failed`. Cancellation: stops copying and removes what it
    /// made.
    static asio::awaitable<result<workspace>> stage(
        std::filesystem::path repository,
        std::filesystem::path folder,
        asio::any_io_executor blocking,
        workspace_limits limits = {}
    );

    /// Stages once more in the folder of an earlier workspace that nobody uses any more; what that
    /// one left behind is removed, but for the contents of `kept`: a change that may still be
    /// applied. `base` is the hash of the tree as it was staged then: the
    /// repository must be so still, but for files that its `.gitignore` names and caches. Errors:
    /// those of `stage`; `errc::conflict` naming the files that changed since. After an error the
    /// folder can be staged in again.
    static asio::awaitable<result<workspace>> stage_again(
        std::filesystem::path repository,
        std::filesystem::path folder,
        std::string base,
        change_set kept,
        asio::any_io_executor blocking,
        workspace_limits limits = {}
    );

    /// Removes the trees that workspaces of a process that died left in a folder. The objects stay.
    static asio::awaitable<void> remove_trees(
        std::filesystem::path folder, asio::any_io_executor blocking
    );

    /// Removes all that is left of a workspace which nobody uses any more, its objects too; nothing
    /// to be done if there is no such folder. Errors: `errc::io_failed`.
    static asio::awaitable<result<void>> remove_folder(
        std::filesystem::path folder, asio::any_io_executor blocking
    );

    /// A tree of which only paths and hashes exist, for whoever goes once more through what a run
    /// did: it is changed by `take_over`, can be rolled back, forked and merged, and touches no
    /// disk. Actions, queries, `diff`, `objects` and `discard_objects` have nothing to work on
    /// there and must not be used. `base`: the files that are known, as `changes` found them.
    static workspace imagine(std::vector<file_change> base, asio::any_io_executor blocking);

    workspace(workspace&&) noexcept;
    workspace& operator=(workspace&&) noexcept;
    /// Removes the staged tree of this workspace, which takes a while when it is large (`close`
    /// does the same without blocking); the objects of a staged workspace stay in `folder/objects`
    /// until `discard_objects`.
    ~workspace();

    /// Removes the staged tree on the blocking executor. Nothing else may be called afterwards.
    asio::awaitable<void> close();

    /// The staged tree: an absolute path.
    const std::filesystem::path& root() const;
    /// The content-addressed store: `objects/<sha256>`.
    const std::filesystem::path& objects() const;

    /// Paths (files or folders) that no action may write, besides `.git`, `.riva` and `riva.toml`,
    /// which never may.
    void protect(std::vector<std::string> paths);
    const std::vector<std::string>& protected_paths() const;
    /// Whether no action may write `path`. Commands can: what `changes` or `changes_since` reports
    /// must be checked too. `.git` and `.riva` are never among the `changes`.
    bool is_protected(std::string_view path) const;

    /// Where an action's path leads, or why it must not be used. For writing, protected paths are
    /// refused too.
    result<std::filesystem::path> resolve(std::string_view path, bool for_writing) const;

    /// Errors of the three: the path errors, `errc::file_exists`, `errc::file_missing`,
    /// `errc::text_missing`, `errc::text_ambiguous`, `errc::not_a_file`, `errc::file_too_large`,
    /// `errc::io_failed`. The tree is unchanged after an error.
    asio::awaitable<result<file_change>> create(create_file what);
    asio::awaitable<result<file_change>> edit(edit_file what);
    asio::awaitable<result<file_change>> remove(delete_file what);

    /// The content of a file, the list of files below a folder, or the lines that hold a text
    /// (`path:line: text`), each cut at a sensible size.
    asio::awaitable<result<std::string>> answer(query what);

    /// Makes an imagined tree what an action made of the staged one. Equal hashes before and after:
    /// other permissions.
    void take_over(const std::vector<file_change>& changes);

    /// Records the tree as it is now; the contents of changed files go to the object store.
    asio::awaitable<result<snapshot>> take_snapshot();
    /// What differs now from `since`, ignored files included.
    asio::awaitable<result<std::vector<file_change>>> changes_since(snapshot since);
    /// Makes the tree equal to `to`: contents, permissions, symbolic links, nothing else left
    /// behind.
    asio::awaitable<result<void>> roll_back(snapshot to);

    /// The tree as it was staged (of a fork: as it was forked).
    const snapshot& base() const;

    /// What changed against `base()`. Files that the repository's `.gitignore` names and well-known
    /// droppings of tools (`node_modules` and the like) count only if they were there before or an
    /// action of this workspace wrote them; caches of interpreters and test runners (`__pycache__`,
    /// `*.pyc` and the like) only if an action wrote them. The rules are those of the staged
    /// repository, also in a fork.
    asio::awaitable<result<change_set>> changes();
    /// Makes the tree what `apply` makes of `base()` with `changes()`, so that nothing can depend
    /// on what the user will not get: files that do not count, folders without files and changed
    /// permissions of folders, special files. What actions and commands changed otherwise stays.
    /// Errors: `errc::conflict` naming files that count below a file that does not;
    /// `errc::tree_too_large`, `errc::io_failed`.
    asio::awaitable<result<void>> discard_ignored();
    /// The changes as a unified diff that `git apply` reads, unless it holds binary files.
    asio::awaitable<result<std::string>> diff();

    /// A copy of this workspace as it is now, in `folder`, sharing the object store.
    asio::awaitable<result<workspace>> fork(std::filesystem::path folder);

    /// Takes over what `child`, a fork of this workspace, changed since it was forked.
    /// Errors: `errc::conflict` naming the files that changed here as well, with a different
    /// result; nothing is taken over then.
    /// Lifetime: `child` must live until the merge ends.
    asio::awaitable<result<change_set>> merge(workspace& child);

    /// Deletes the objects that `kept` does not name and makes those durable. With `for_again` what
    /// `stage_again` needs to name files is kept as well. Afterwards nothing can be rolled back; no
    /// fork may be in use.
    asio::awaitable<result<void>> discard_objects(change_set kept, bool for_again = false);

private:
    struct state;
    struct imagined_state;
    explicit workspace(std::unique_ptr<state> s);
    std::unique_ptr<state> state_;
};

/// Writes a change set to a tree, with contents from `objects`. Every file is checked first: if one
/// is not as it was when the change was made, nothing is written. Each file is replaced by an
/// atomic rename; if one cannot be, those written before are put back. A file that already is as
/// the change makes it is left alone, so that an interrupted `apply` can be repeated. Permissions
/// that the change does not touch stay as they are. Errors: `errc::conflict` naming the files,
/// `errc::io_failed`, path errors. Cancellation: before the first file is replaced nothing is
/// written, afterwards everything is.
asio::awaitable<result<void>> apply(
    change_set changes,
    std::filesystem::path objects,
    std::filesystem::path tree,
    asio::any_io_executor blocking
);

/// Whether every file of the change set already is as it makes it. A tree that cannot be read is
/// not.
asio::awaitable<bool> is_applied(
    change_set changes, std::filesystem::path tree, asio::any_io_executor blocking
);

}  // namespace riva
