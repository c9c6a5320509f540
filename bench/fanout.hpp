#pragma once

#include <cstddef>

namespace riva::bench {

struct fanout_figures {
    double ns_per_task = 0;       ///< processor time, user and system
    double wall_ns_per_task = 0;
    double floor_ns_per_task =
        0;  ///< processor time of the same number of posted handlers, without coroutines
    std::size_t passed = 0;        ///< verdicts that were `pass`
};

/// Runs `tasks` trivial checks, each of which suspends once and returns a verdict, at most `width`
/// at once on one thread.
fanout_figures measure_fanout(std::size_t tasks, std::size_t width);

}  // namespace riva::bench
