#pragma once

#include "file_descriptor.hpp"
#include "ignore_rules.hpp"
#include "object_store.hpp"
#include "tree_manifest.hpp"

#include <riva/runtime/workspace.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace riva {

struct workspace::snapshot::manifest {
    tree_manifest tree;
};

/// What a workspace holds, and its work as blocking functions. They throw `exception`.
struct workspace::state {
    /// Whether the folder must be new or may be that of an earlier workspace.
    enum class folder_use { fresh, again };

    state(
        std::filesystem::path new_folder,
        asio::any_io_executor blocking,
        workspace_limits most,
        folder_use use = folder_use::fresh
    );
    virtual ~state();
    state(const state&) = delete;
    state& operator=(const state&) = delete;

    void stage(const std::filesystem::path& repository, const std::stop_token& stop);
    void stage_again(
        const std::filesystem::path& repository,
        const std::string& base_hash,
        const change_set& kept,
        const std::stop_token& stop
    );
    virtual std::unique_ptr<state> fork(
        std::filesystem::path new_folder, const std::stop_token& stop
    );
    void remove_tree();

    file_change create(const create_file& what);
    file_change edit(const edit_file& what);
    file_change remove(const delete_file& what);
    std::string answer(const query& what, const std::stop_token& stop);

    /// Records the tree; its contents are in the store afterwards.
    virtual const tree_manifest& scan(const std::stop_token& stop);
    std::vector<changed_file> changes_since(const snapshot& since, const std::stop_token& stop);
    void roll_back(const snapshot& to, const std::stop_token& stop);
    change_set changes(const std::stop_token& stop);
    void discard_ignored(const std::stop_token& stop);
    std::string diff(const std::stop_token& stop);
    change_set merge(state& child, const std::stop_token& stop);

    result<std::filesystem::path> resolve(std::string_view path, bool for_writing) const;
    void check(std::string_view path, bool for_writing) const;
    snapshot recorded() const;
    /// Whether a difference of this file or folder from the base is a change of the user's.
    bool counts(const tree_entry& e) const;
    int tree() const { return tree_fd.get(); }

    asio::any_io_executor pool;
    workspace_limits limits;
    std::filesystem::path folder;
    std::filesystem::path root;
    std::vector<std::string> protected_paths;
    snapshot base;
    std::shared_ptr<object_store> store;        ///< shared with forks
    std::shared_ptr<const ignore_rules> rules;  ///< shared with forks
    tree_manifest known;                        ///< the tree when it was last looked at
    std::set<std::string> written;              ///< by actions
    file_descriptor folder_fd;
    file_descriptor tree_fd;
    bool keeps_objects = false;  ///< otherwise the whole folder is removed at the end

protected:
    explicit state(asio::any_io_executor blocking) : pool(std::move(blocking)) {}

    /// Makes the tree equal to `target`.
    virtual void become(const tree_manifest& target, const std::stop_token& stop);
    static const tree_manifest& tree_of(const snapshot& s);

private:
    void make_tree();
    void open_tree();
    void make_store();
    void read_ignore_rules();
    void check_base(const std::optional<tree_manifest>& before) const;
    std::string content_for_diff(const std::string& hash) const;
};

}  // namespace riva
