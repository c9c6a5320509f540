#pragma once

#include "object_store.hpp"
#include "tree_manifest.hpp"

#include <riva/runtime/workspace.hpp>

#include <cstdint>
#include <stop_token>
#include <utility>

namespace riva {

/// The user's repository. Its contents go to `store`. `without`: a folder to leave out.
tree_manifest scan_repository(
    int root,
    std::pair<std::uint64_t, std::uint64_t> without,
    object_store& store,
    const workspace_limits& limits,
    const std::stop_token& stop
);

/// A staged tree. Files that have not changed since `known` was taken are not read again; the
/// contents of the others go to `store`. `now` is the time by the clock of the file system.
tree_manifest scan_staged(
    int root,
    const tree_manifest& known,
    std::int64_t now,
    object_store& store,
    const workspace_limits& limits,
    const std::stop_token& stop
);

/// The present time by the clock that gives files their times.
std::int64_t file_system_time(int folder);

}  // namespace riva
