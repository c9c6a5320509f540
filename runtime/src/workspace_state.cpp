#include "workspace_state.hpp"

#include "beneath.hpp"
#include "file_work.hpp"
#include "safe_path.hpp"
#include "tree_changes.hpp"
#include "tree_restore.hpp"
#include "tree_scan.hpp"

#include <riva/runtime/crash_point.hpp>
#include <riva/runtime/unified_diff.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace riva {
namespace {

constexpr mode_t tree_mode = 0755;

std::filesystem::path with_real_parent(const std::filesystem::path& folder) {
    std::error_code failure;
    auto path = std::filesystem::absolute(folder, failure).lexically_normal();
    if (path.filename().empty()) path = path.parent_path();
    const auto parent = std::filesystem::canonical(path.parent_path(), failure);
    if (failure) fail_io("make the workspace folder", folder.string(), failure.value());
    return parent / path.filename();
}

file_descriptor open_repository(const std::filesystem::path& repository) {
    file_descriptor fd(::open(repository.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd)
        fail(
            errc::tree_unreadable,
            "cannot read the repository " + shown(repository.string()) + ": " +
                std::generic_category().message(errno) + "; name a folder that you can read"
        );
    return fd;
}

}  // namespace

workspace::state::state(
    std::filesystem::path new_folder,
    asio::any_io_executor blocking,
    workspace_limits most,
    folder_use use
)
    : pool(std::move(blocking)), limits(most) {
    const auto path = with_real_parent(new_folder);
    const bool made = ::mkdir(path.c_str(), 0700) == 0;
    if (!made && (use == folder_use::fresh || errno != EEXIST))
        fail_io("make the workspace folder", path.string(), errno);
    folder = path;
    root = path / "tree";
    folder_fd =
        file_descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder_fd) fail_io("open the workspace folder", folder.string(), errno);
}

workspace::state::~state() {
    if (keeps_objects) {
        remove_tree();
        return;
    }
    if (!folder_fd) return;
    remove_all_in(folder_fd.get());
    ::rmdir(folder.c_str());
}

void workspace::state::remove_tree() {
    if (!folder_fd) return;
    open_tree();
    if (tree_fd) remove_all_in(tree_fd.get());
    tree_fd = {};
    ::unlinkat(folder_fd.get(), "tree", AT_REMOVEDIR);
}

void workspace::state::make_tree() {
    if (::mkdirat(folder_fd.get(), "tree", tree_mode) != 0)
        fail_io("make the folder", root.string(), errno);
    open_tree();
    if (!tree_fd) fail_io("open the folder", root.string(), errno);
}

void workspace::state::open_tree() {
    // The permissions of the root itself are riva's: a command that takes them away changes
    // nothing.
    set_mode(folder_fd.get(), "tree", tree_mode);
    tree_fd = open_beneath(folder_fd.get(), "tree", O_RDONLY | O_DIRECTORY);
}

void workspace::state::stage(const std::filesystem::path& repository, const std::stop_token& stop) {
    const file_descriptor source = open_repository(repository);
    if (!store) make_store();
    struct stat own;
    if (::fstat(folder_fd.get(), &own) != 0) fail_io("open the folder", folder.string(), errno);
    known = scan_repository(source.get(), {own.st_dev, own.st_ino}, *store, limits, stop);
    make_tree();
    known = restore_tree(tree(), known, {}, *store, stop);
    base = recorded();
    read_ignore_rules();
    store->put(to_text(known));
    pass(crash_point::stage_made);
}

void workspace::state::make_store() {
    const auto objects = folder / "objects";
    if (::mkdir(objects.c_str(), 0700) != 0 && errno != EEXIST)
        fail_io("make the folder", objects.string(), errno);
    store = std::make_shared<object_store>(objects);
}

std::unique_ptr<workspace::state> workspace::state::fork(
    std::filesystem::path new_folder, const std::stop_token& stop
) {
    const tree_manifest& now = scan(stop);
    auto child = std::make_unique<state>(std::move(new_folder), pool, limits);
    child->store = store;
    child->rules = rules;
    child->protected_paths = protected_paths;
    child->make_tree();
    child->known = restore_tree(child->tree(), now, {}, *store, stop);
    child->base = child->recorded();
    pass(crash_point::forked);
    return child;
}

void workspace::state::read_ignore_rules() {
    auto read = std::make_shared<ignore_rules>();
    for (const tree_entry& e : known.entries) {
        const std::size_t slash = e.path.rfind('/');
        if (e.kind != entry_kind::file || e.path.substr(slash + 1) != ".gitignore") continue;
        read->add(slash == std::string::npos ? "" : e.path.substr(0, slash), store->get(e.hash));
    }
    rules = std::move(read);
}

workspace::snapshot workspace::state::recorded() const {
    snapshot s;
    s.manifest_ = std::make_shared<snapshot::manifest>(snapshot::manifest{known});
    return s;
}

const tree_manifest& workspace::state::tree_of(const snapshot& s) {
    static const tree_manifest empty;
    return s.manifest_ ? s.manifest_->tree : empty;
}

const tree_manifest& workspace::state::scan(const std::stop_token& stop) {
    open_tree();
    if (!tree_fd) fail_io("open the folder", root.string(), errno);
    const std::int64_t now = file_system_time(folder_fd.get());
    known = scan_staged(tree(), known, now, *store, limits, stop);
    return known;
}

std::vector<changed_file> workspace::state::changes_since(
    const snapshot& since, const std::stop_token& stop
) {
    return changes_between(tree_of(since), scan(stop));
}

void workspace::state::become(const tree_manifest& target, const std::stop_token& stop) {
    open_tree();
    if (!tree_fd) {
        ::unlinkat(folder_fd.get(), "tree", 0);
        make_tree();
    }
    known = restore_tree(tree(), target, known, *store, stop);
}

void workspace::state::roll_back(const snapshot& to, const std::stop_token& stop) {
    pass(crash_point::roll_back_begun);
    become(tree_of(to), stop);
    pass(crash_point::rolled_back);
}

bool workspace::state::counts(const tree_entry& e) const {
    if (is_metadata(e.path)) return false;
    if (written.contains(e.path)) return true;
    if (ignore_rules::is_cache(e.path)) return false;
    return tree_of(base).find(e.path) != nullptr ||
           !rules->ignores(e.path, e.kind == entry_kind::folder);
}

change_set workspace::state::changes(const std::stop_token& stop) {
    change_set set;
    set.files = changes_between(tree_of(base), scan(stop));
    std::erase_if(set.files, [&](const changed_file& file) {
        tree_entry e;
        e.path = file.change.path;
        return !counts(e);
    });
    return set;
}

void workspace::state::discard_ignored(const std::stop_token& stop) {
    const auto counted = [&](const tree_entry& e) { return counts(e); };
    const merge_plan plan = plan_delivery(tree_of(base), scan(stop), counted);
    if (!plan.conflicts.empty())
        fail(
            errc::conflict,
            "files cannot be below a file or link that stays as it was: " +
                shown_list(plan.conflicts) + "; choose other paths"
        );
    // Also when nothing recorded differs: special files are not recorded.
    become(plan.target, stop);
}

std::string workspace::state::content_for_diff(const std::string& hash) const {
    if (hash.empty()) return {};
    // Too large to be shown: a NUL makes it binary, the hash keeps the two sides apart.
    if (store->size(hash) > limits.file_bytes) return std::string("\0", 1) + hash;
    return store->get(hash);
}

std::string workspace::state::diff(const std::stop_token& stop) {
    std::string text;
    for (const changed_file& file : changes(stop).files) {
        throw_if_stopped(stop);
        const std::string before = content_for_diff(file.change.before);
        const std::string after = content_for_diff(file.change.after);
        // A mode of 0 means no file to a diff, but a command can give a file no permissions.
        const auto mode = [](const std::string& hash, std::uint32_t m) {
            return hash.empty() ? 0 : m | 0400;
        };
        text += unified_diff(
            file.change.path,
            {before, mode(file.change.before, file.mode_before)},
            {after, mode(file.change.after, file.mode_after)}
        );
    }
    return text;
}

change_set workspace::state::merge(state& child, const std::stop_token& stop) {
    const tree_manifest& theirs = child.scan(stop);
    const tree_manifest ours = scan(stop);
    const auto counted = [&](const tree_entry& e) { return child.counts(e); };
    const merge_plan plan = plan_merge(tree_of(child.base), ours, theirs, counted);
    if (!plan.conflicts.empty())
        fail(
            errc::conflict,
            "both sides changed " + shown_list(plan.conflicts) +
                " in different ways; nothing was taken over, make the change again on the merged "
                "files"
        );
    pass(crash_point::merge_begun);
    become(plan.target, stop);
    pass(crash_point::merged);
    written.insert(child.written.begin(), child.written.end());
    change_set taken;
    taken.files = changes_between(ours, plan.target);
    return taken;
}

}  // namespace riva
