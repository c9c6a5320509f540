#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace riva {

/// The places where it matters what is durable, should the process die there. Tests let it.
enum class crash_point : std::uint8_t {
    stage_made,
    snapshot_taken,
    roll_back_begun,
    rolled_back,
    forked,
    merge_begun,
    merged,
    journal_before_commit,
    journal_after_commit,
    answer_recorded,
    diff_recorded,
    effect_prepared,
    temporary_written,
    temporary_synced,
    file_replaced,
    folder_synced,
    leftover_removed,
    effect_applied,
    result_recorded,
};

inline constexpr std::array<std::string_view, 19> crash_point_names = {
    "stage_made",
    "snapshot_taken",
    "roll_back_begun",
    "rolled_back",
    "forked",
    "merge_begun",
    "merged",
    "journal_before_commit",
    "journal_after_commit",
    "answer_recorded",
    "diff_recorded",
    "effect_prepared",
    "temporary_written",
    "temporary_synced",
    "file_replaced",
    "folder_synced",
    "leftover_removed",
    "effect_applied",
    "result_recorded",
};
static_assert(
    crash_point_names.size() == std::size_t{1} + std::size_t(crash_point::result_recorded)
);

/// Only test programs define this: what they link decides whether a process can die at will. In all
/// others it is null.
[[gnu::weak]] void die_here(crash_point at);

/// Says that the process is at a place. Costs nothing but a comparison with null.
inline void pass(crash_point at) {
    if (&die_here != nullptr) die_here(at);
}

}  // namespace riva
