#include "beneath.hpp"
#include "file_work.hpp"
#include "safe_path.hpp"
#include "tree_changes.hpp"
#include "workspace_state.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace riva {
namespace {

/// The tree that was staged before, if it can still be told.
std::optional<tree_manifest> read_base(const object_store& store, const std::string& hash) {
    try {
        return manifest_from_text(store.get(hash));
    } catch (const exception&) {
        // Then a conflict cannot name files.
        return std::nullopt;
    }
}

/// Removes what the workspaces of a dead process left in their folder. False: not all of it.
bool remove_all_but_objects(const std::filesystem::path& folder) {
    const file_descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    );
    std::error_code unreadable;
    bool all = true;
    for (const auto& entry : std::filesystem::directory_iterator(folder, unreadable)) {
        const std::string name = entry.path().filename();
        if (name == "objects") continue;
        set_mode(fd.get(), name, 0700);
        const file_descriptor tree = open_beneath(fd.get(), name, O_RDONLY | O_DIRECTORY);
        if (tree) remove_all_in(tree.get());
        all &= ::unlinkat(fd.get(), name.c_str(), tree ? AT_REMOVEDIR : 0) == 0;
    }
    return fd && !unreadable && all;
}

}  // namespace

void workspace::state::stage_again(
    const std::filesystem::path& repository,
    const std::string& base_hash,
    const change_set& kept,
    const std::stop_token& stop
) {
    auto hashes = contents_of(kept);
    hashes.insert(base_hash);
    const auto clear = [&](const std::stop_token& until) {
        if (!remove_all_but_objects(folder))
            fail_io("empty the workspace folder", folder.string(), EBUSY);
        store->keep_sound(hashes, until);
    };
    make_store();
    clear(stop);
    const auto before = read_base(*store, base_hash);
    try {
        stage(repository, stop);
        if (base.tree_hash() != base_hash) check_base(before);
    } catch (...) {
        clear({});
        throw;
    }
}

void workspace::state::check_base(const std::optional<tree_manifest>& before) const {
    std::vector<std::string> names;
    if (before)
        for (const changed_file& file : changes_between(*before, known)) {
            const std::string& path = file.change.path;
            if (ignore_rules::is_cache(path) || rules->ignores(path, false)) continue;
            names.push_back(path);
        }
    if (before && names.empty()) return;
    fail(
        errc::conflict,
        (names.empty() ? "the repository was" : shown_list(names) + " were") +
            " changed since the run began; undo that, or run the task again"
    );
}

asio::awaitable<void> workspace::remove_trees(
    std::filesystem::path folder, asio::any_io_executor blocking
) {
    // Removing throws nothing that could become an error here.
    [[maybe_unused]] const auto removed = co_await file_work<void>(blocking, [&](std::stop_token) {
        remove_all_but_objects(folder);
    });
}

asio::awaitable<result<void>> workspace::remove_folder(
    std::filesystem::path folder, asio::any_io_executor blocking
) {
    co_return co_await file_work<void>(blocking, [&](std::stop_token) {
        const file_descriptor fd(
            ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        );
        if (!fd && errno == ENOENT) return;
        if (!fd || !remove_all_in(fd.get()) || ::rmdir(folder.c_str()) != 0)
            fail_io("remove the folder", folder.string(), errno);
    });
}

}  // namespace riva
