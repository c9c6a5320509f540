#pragma once

#include <riva/runtime/outcome.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace riva {

/// One changed file with its permissions (`st_mode & 07777`; 0 where there is no file). A symbolic
/// link is a file whose content is its target and whose mode is `symlink_mode`.
struct changed_file {
    file_change change;
    std::uint32_t mode_before = 0;
    std::uint32_t mode_after = 0;

    friend bool operator==(const changed_file&, const changed_file&) = default;
};

inline constexpr std::uint32_t symlink_mode = 0120000;

/// What a workspace changed, sorted by path. The contents are in its object store.
struct change_set {
    std::vector<changed_file> files;

    bool empty() const { return files.empty(); }
    std::vector<file_change> changes() const;

    friend bool operator==(const change_set&, const change_set&) = default;
};

/// The way back.
change_set reverse(change_set changes);

}  // namespace riva
