#include "apply_leftovers.hpp"
#include "apply_step.hpp"
#include "beneath.hpp"
#include "file_work.hpp"
#include "object_store.hpp"
#include "safe_path.hpp"
#include "tree_list.hpp"

#include <riva/runtime/workspace.hpp>

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>
#include <utility>

namespace riva {
namespace {

/// Puts everything back unless it was finished.
class transaction {
public:
    explicit transaction(int tree) : tree_(tree) {}
    ~transaction() {
        for (auto s = steps_.rbegin(); s != steps_.rend(); ++s) s->undo(tree_);
    }
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;

    void run(
        std::vector<apply_step> steps, const object_store& objects, const std::stop_token& stop
    ) {
        steps_ = std::move(steps);
        auto rest = steps_.begin();
        for (; rest != steps_.end() && rest->deletes(); ++rest) rest->commit(tree_);
        for (auto s = rest; s != steps_.end(); ++s) {
            throw_if_stopped(stop);
            s->prepare(tree_, objects, stop);
        }
        throw_if_stopped(stop);
        for (; rest != steps_.end(); ++rest) rest->commit(tree_);
        // From here on there is no way back: what was there before goes.
        auto done = std::exchange(steps_, {});
        for (apply_step& s : done) s.finish(tree_);
    }

private:
    int tree_;
    std::vector<apply_step> steps_;
};

void check_paths(const change_set& changes) {
    for (const changed_file& file : changes.files) {
        const std::string& path = file.change.path;
        if (auto reason = structural_refusal(path)) throw exception(std::move(*reason));
        if (is_protected(path, {}))
            fail(
                errc::path_protected,
                "path " + shown(path) + " is protected and cannot be written; nothing was written"
            );
    }
}

/// Whether a folder holds nothing but files that the change set deletes.
bool makes_room(int tree, const std::string& folder, const std::set<std::string>& deleted) {
    const file_descriptor fd = open_beneath(tree, folder, O_RDONLY | O_DIRECTORY);
    if (!fd) return false;
    permission_lift unused(fd.get());
    const auto entries = list_tree(fd.get(), {.without = {}}, unused, {});
    return std::all_of(entries.begin(), entries.end(), [&](const tree_entry& e) {
        return e.kind == entry_kind::folder || deleted.contains(folder + "/" + e.path);
    });
}

bool is_below(const std::string& path, const std::string& folder) {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

/// What is at `path` once the links of `deleted` are gone, which lead to nothing in this tree.
present_file look_past_links(
    int tree,
    const std::string& path,
    const std::set<std::string>& deleted,
    const std::stop_token& stop
) {
    for (auto end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1)) {
        const std::string parent = path.substr(0, end);
        if (!deleted.contains(parent)) continue;
        if (look(tree, parent, stop).kind == entry_kind::symlink) return {};
    }
    return look(tree, path, stop);
}

std::string short_hash(const std::string& hash) {
    return hash.empty() ? "none" : hash.substr(0, 12);
}

/// Of a file that is neither as it was nor as it is to be.
std::string describe_conflict(const changed_file& file, const present_file& now) {
    return shown(file.change.path) + " (before " + short_hash(file.change.before) + ", after " +
           short_hash(file.change.after) + ", now " + short_hash(now.hash) + ")";
}

std::string first_few(const std::vector<std::string>& all) {
    std::string text;
    for (std::size_t i = 0; i < all.size() && i < 5; ++i) text += (i > 0 ? ", " : "") + all[i];
    if (all.size() > 5) text += " and " + std::to_string(all.size() - 5) + " more";
    return text;
}

/// Deletions last, but those first that make room for a file in the place of a folder or the other
/// way round.
std::vector<apply_step> in_order(std::vector<apply_step> steps) {
    const auto rank = [&](const apply_step& s) {
        if (!s.deletes()) return 1;
        const bool first = std::any_of(steps.begin(), steps.end(), [&](const apply_step& other) {
            return !other.deletes() &&
                   (is_below(other.path(), s.path()) || is_below(s.path(), other.path()));
        });
        return first ? 0 : 2;
    };
    std::vector<apply_step> ordered;
    ordered.reserve(steps.size());
    for (const int wanted : {0, 1, 2})
        for (const apply_step& s : steps)
            if (rank(s) == wanted) ordered.push_back(s);
    return ordered;
}

std::vector<apply_step> check_files(
    int tree, const change_set& changes, const object_store& objects, const std::stop_token& stop
) {
    std::set<std::string> deleted;
    for (const changed_file& file : changes.files)
        if (file.change.after.empty()) deleted.insert(file.change.path);
    std::vector<apply_step> steps;
    std::vector<std::string> conflicts;
    for (const changed_file& file : changes.files) {
        throw_if_stopped(stop);
        const std::string& path = file.change.path;
        present_file now = look_past_links(tree, path, deleted, stop);
        if (is_as_after(now, file)) continue;
        const bool room = now.kind == entry_kind::folder && file.change.before.empty() &&
                          makes_room(tree, path, deleted);
        if (room || is_as_before(now, file))
            steps.emplace_back(file, std::move(now));
        else
            conflicts.push_back(describe_conflict(file, now));
    }
    if (!conflicts.empty())
        fail(
            errc::conflict,
            "the tree changed meanwhile in " + first_few(conflicts) +
                "; nothing was written now: make each of them what it was before or what it is to "
                "be (the contents are in " +
                objects.folder().string() +
                " by these hashes) and apply again, or run the task again on the tree as it is now"
        );
    return in_order(std::move(steps));
}

void tidy_up(int tree, const change_set& changes, const std::stop_token& stop) {
    const auto kept = remove_leftovers(tree, changes, stop);
    if (kept.empty()) return;
    fail(
        errc::conflict,
        "somebody wrote " + shown_list(kept) +
            " while it was being replaced, and that version is in a file .riva-* next to it; take "
            "from it what you need, delete it and apply again"
    );
}

file_descriptor open_tree(const std::filesystem::path& tree) {
    file_descriptor root(::open(tree.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root)
        fail(
            errc::tree_unreadable,
            "cannot open the folder " + shown(tree.string()) + ": " +
                std::generic_category().message(errno) + "; name the folder to write to"
        );
    return root;
}

void apply_now(
    const change_set& changes,
    const std::filesystem::path& objects,
    const std::filesystem::path& tree,
    const std::stop_token& stop
) {
    check_paths(changes);
    const object_store store(objects);
    const file_descriptor root = open_tree(tree);
    tidy_up(root.get(), changes, stop);
    transaction(root.get()).run(check_files(root.get(), changes, store, stop), store, stop);
    remove_emptied_folders(root.get(), changes);
    sync_folders(root.get(), changes);
}

}  // namespace

asio::awaitable<result<void>> apply(
    change_set changes,
    std::filesystem::path objects,
    std::filesystem::path tree,
    asio::any_io_executor blocking
) {
    co_return co_await file_work<void>(blocking, [&](std::stop_token stop) {
        apply_now(changes, objects, tree, stop);
    });
}

asio::awaitable<bool> is_applied(
    change_set changes, std::filesystem::path tree, asio::any_io_executor blocking
) {
    const auto found = co_await file_work<bool>(blocking, [&](std::stop_token stop) {
        const file_descriptor root = open_tree(tree);
        return std::ranges::all_of(changes.files, [&](const changed_file& file) {
            return is_as_after(look(root.get(), file.change.path, stop), file);
        });
    });
    co_return found.has_value() && *found;
}

}  // namespace riva
