#include <riva/runtime/workspace.hpp>

#include "file_work.hpp"
#include "safe_path.hpp"
#include "tree_changes.hpp"
#include "workspace_state.hpp"

#include <riva/runtime/crash_point.hpp>

#include <set>
#include <utility>

namespace riva {

std::string workspace::snapshot::tree_hash() const {
    return manifest_ ? manifest_->tree.hash : tree_manifest().hash;
}

std::vector<std::string> workspace::snapshot::paths() const {
    std::vector<std::string> paths;
    if (!manifest_) return paths;
    for (const tree_entry& e : manifest_->tree.entries)
        if (e.kind != entry_kind::folder) paths.push_back(e.path);
    return paths;
}

workspace::workspace(std::unique_ptr<state> s) : state_(std::move(s)) {}
workspace::workspace(workspace&&) noexcept = default;
workspace& workspace::operator=(workspace&&) noexcept = default;
workspace::~workspace() = default;

asio::awaitable<result<workspace>> workspace::stage(
    std::filesystem::path repository,
    std::filesystem::path folder,
    asio::any_io_executor blocking,
    workspace_limits limits
) {
    using made = std::unique_ptr<state>;
    auto staged = co_await file_work<made>(blocking, [&](std::stop_token stop) {
        auto s = std::make_unique<state>(folder, blocking, limits);
        s->stage(repository, stop);
        throw_if_stopped(stop);
        return s;
    });
    if (!staged) co_return staged.error();
    (*staged)->keeps_objects = true;
    co_return workspace(std::move(*staged));
}

asio::awaitable<result<workspace>> workspace::stage_again(
    std::filesystem::path repository,
    std::filesystem::path folder,
    std::string base,
    change_set kept,
    asio::any_io_executor blocking,
    workspace_limits limits
) {
    using made = std::unique_ptr<state>;
    auto staged = co_await file_work<made>(blocking, [&](std::stop_token stop) {
        auto s = std::make_unique<state>(folder, blocking, limits, state::folder_use::again);
        s->keeps_objects = true;
        s->stage_again(repository, base, kept, stop);
        throw_if_stopped(stop);
        return s;
    });
    if (!staged) co_return staged.error();
    co_return workspace(std::move(*staged));
}

asio::awaitable<void> workspace::close() {
    // Removing throws nothing that could become an error here.
    [[maybe_unused]] const auto closed =
        co_await file_work<void>(state_->pool, [this](std::stop_token) { state_.reset(); });
}

const std::filesystem::path& workspace::root() const {
    return state_->root;
}

const std::filesystem::path& workspace::objects() const {
    return state_->store->folder();
}

void workspace::protect(std::vector<std::string> paths) {
    auto& all = state_->protected_paths;
    all.insert(
        all.end(), std::make_move_iterator(paths.begin()), std::make_move_iterator(paths.end())
    );
}

const std::vector<std::string>& workspace::protected_paths() const {
    return state_->protected_paths;
}

bool workspace::is_protected(std::string_view path) const {
    return riva::is_protected(path, state_->protected_paths);
}

result<std::filesystem::path> workspace::resolve(std::string_view path, bool for_writing) const {
    return state_->resolve(path, for_writing);
}

asio::awaitable<result<file_change>> workspace::create(create_file what) {
    co_return co_await file_work<file_change>(state_->pool, [&](std::stop_token) {
        return state_->create(what);
    });
}

asio::awaitable<result<file_change>> workspace::edit(edit_file what) {
    co_return co_await file_work<file_change>(state_->pool, [&](std::stop_token) {
        return state_->edit(what);
    });
}

asio::awaitable<result<file_change>> workspace::remove(delete_file what) {
    co_return co_await file_work<file_change>(state_->pool, [&](std::stop_token) {
        return state_->remove(what);
    });
}

asio::awaitable<result<std::string>> workspace::answer(query what) {
    co_return co_await file_work<std::string>(state_->pool, [&](std::stop_token stop) {
        return state_->answer(what, stop);
    });
}

asio::awaitable<result<workspace::snapshot>> workspace::take_snapshot() {
    co_return co_await file_work<snapshot>(state_->pool, [&](std::stop_token stop) {
        state_->scan(stop);
        pass(crash_point::snapshot_taken);
        return state_->recorded();
    });
}

asio::awaitable<result<std::vector<file_change>>> workspace::changes_since(snapshot since) {
    using changes = std::vector<file_change>;
    co_return co_await file_work<changes>(state_->pool, [&](std::stop_token stop) {
        return change_set{state_->changes_since(since, stop)}.changes();
    });
}

asio::awaitable<result<void>> workspace::roll_back(snapshot to) {
    co_return co_await file_work<void>(state_->pool, [&](std::stop_token stop) {
        state_->roll_back(to, stop);
    });
}

const workspace::snapshot& workspace::base() const {
    return state_->base;
}

asio::awaitable<result<change_set>> workspace::changes() {
    co_return co_await file_work<change_set>(state_->pool, [&](std::stop_token stop) {
        return state_->changes(stop);
    });
}

asio::awaitable<result<void>> workspace::discard_ignored() {
    co_return co_await file_work<void>(state_->pool, [&](std::stop_token stop) {
        state_->discard_ignored(stop);
    });
}

asio::awaitable<result<std::string>> workspace::diff() {
    co_return co_await file_work<std::string>(state_->pool, [&](std::stop_token stop) {
        return state_->diff(stop);
    });
}

asio::awaitable<result<workspace>> workspace::fork(std::filesystem::path folder) {
    using made = std::unique_ptr<state>;
    auto forked = co_await file_work<made>(state_->pool, [&](std::stop_token stop) {
        auto child = state_->fork(folder, stop);
        throw_if_stopped(stop);
        return child;
    });
    if (!forked) co_return forked.error();
    co_return workspace(std::move(*forked));
}

asio::awaitable<result<change_set>> workspace::merge(workspace& child) {
    co_return co_await file_work<change_set>(state_->pool, [&](std::stop_token stop) {
        return state_->merge(*child.state_, stop);
    });
}

asio::awaitable<result<void>> workspace::discard_objects(change_set kept, bool for_again) {
    co_return co_await file_work<void>(state_->pool, [&](std::stop_token stop) {
        auto hashes = contents_of(kept);
        if (for_again) hashes.insert(state_->base.tree_hash());
        state_->store->keep_only(hashes, stop);
    });
}

}  // namespace riva
