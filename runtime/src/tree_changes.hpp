#pragma once

#include "tree_manifest.hpp"

#include <riva/runtime/change_set.hpp>

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace riva {

/// The files and symbolic links that differ between two trees, sorted by path.
std::vector<changed_file> changes_between(const tree_manifest& before, const tree_manifest& after);

/// The hashes of all contents, before and after, of these files.
std::set<std::string> contents_of(const change_set& changes);

struct merge_plan {
    tree_manifest target;
    std::vector<std::string> conflicts;  ///< paths, sorted; then `target` means nothing
};

/// What a tree becomes that takes over what `theirs` changed since `base`. Three-way for each file:
/// what only one side changed is taken from it, equal results are no conflict. `counts` tells
/// whether a change of theirs matters.
merge_plan plan_merge(
    const tree_manifest& base,
    const tree_manifest& ours,
    const tree_manifest& theirs,
    const std::function<bool(const tree_entry&)>& counts
);

/// What `apply` makes of `base` with those changes of files and links in `now` that count: no other
/// folders than those of `base` and those above files, as folders that lost their last file go too.
merge_plan plan_delivery(
    const tree_manifest& base,
    const tree_manifest& now,
    const std::function<bool(const tree_entry&)>& counts
);

}  // namespace riva
