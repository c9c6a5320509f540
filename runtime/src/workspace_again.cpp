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

/// The tree that was staged in this folder before, if it can still be told.
std::optional<tree_manifest> read_base(
    const std::filesystem::path& folder, const std::string& hash
) {
    try {
        return manifest_from_text(object_store(folder / "objects").get(hash));
    } catch (const exception&) {
        // Then a conflict cannot name files.
        return std::nullopt;
    }
}

}  // namespace

void workspace::state::stage_again(
    const std::filesystem::path& repository,
    const std::string& base_hash,
    const std::stop_token& stop
) {
    const auto before = read_base(folder, base_hash);
    const auto empty = [&] {
        if (!remove_all_in(folder_fd.get()))
            fail_io("empty the workspace folder", folder.string(), EBUSY);
    };
    empty();
    try {
        stage(repository, stop);
        if (base.tree_hash() != base_hash) check_base(before);
    } catch (...) {
        empty();
        make_store();
        if (before) store->put(to_text(*before));
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

namespace {

void remove_trees_in(const std::filesystem::path& folder) {
    const file_descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    );
    if (!fd) return;
    std::error_code unreadable;
    for (const auto& entry : std::filesystem::directory_iterator(folder, unreadable)) {
        const std::string name = entry.path().filename();
        if (name == "objects") continue;
        set_mode(fd.get(), name, 0700);
        const file_descriptor tree = open_beneath(fd.get(), name, O_RDONLY | O_DIRECTORY);
        if (!tree) continue;
        remove_all_in(tree.get());
        ::unlinkat(fd.get(), name.c_str(), AT_REMOVEDIR);
    }
}

}  // namespace

asio::awaitable<void> workspace::remove_trees(
    std::filesystem::path folder, asio::any_io_executor blocking
) {
    // Removing throws nothing that could become an error here.
    [[maybe_unused]] const auto removed =
        co_await file_work<void>(blocking, [&](std::stop_token) { remove_trees_in(folder); });
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
