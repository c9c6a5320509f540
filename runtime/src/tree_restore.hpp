#pragma once

#include "object_store.hpp"
#include "tree_manifest.hpp"

#include <stop_token>

namespace riva {

/// Makes the tree below an open folder equal to `to`, with contents from `store`: contents,
/// permissions, modification times of files written, nothing else left behind. Writes only what
/// differs; what `known` tells of unchanged files is believed. Returns `to` with the identities
/// that the files have now.
tree_manifest restore_tree(
    int root,
    const tree_manifest& to,
    const tree_manifest& known,
    object_store& store,
    const std::stop_token& stop
);

}  // namespace riva
