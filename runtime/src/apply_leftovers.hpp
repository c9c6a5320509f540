#pragma once

#include <riva/runtime/change_set.hpp>

#include <stop_token>
#include <string>
#include <vector>

namespace riva {

/// Removes the temporary files that an `apply` of these changes, or of the way back, left when its
/// process died. What
/// may be the user's stays: returned are the paths of files of which another version, which
/// somebody wrote at the moment when they were replaced, is still under the temporary name.
std::vector<std::string> remove_leftovers(
    int tree, const change_set& changes, const std::stop_token& stop
);

/// Removes the folders that lost their last file with these changes, as git does, which knows no
/// folders without files.
void remove_emptied_folders(int tree, const change_set& changes);

/// Makes durable which files are in the folders of these changes. Errors: `errc::io_failed`.
void sync_folders(int tree, const change_set& changes);

}  // namespace riva
