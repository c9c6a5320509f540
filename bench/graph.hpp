#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace riva::bench {

struct graph_plan {
    std::size_t checks = 10'000;
    std::size_t width = 8;
    std::size_t passes = 9;
    std::size_t graphs = 50;  ///< random ones of each shape, for the makespan
    std::uint64_t seed = 1;
};

struct graph_figures {
    /// What the graph itself costs; medians over the passes, of processor time.
    struct cost {
        std::string_view shape;
        double ns_per_check = 0;
    };
    /// Makespan over max(critical path, work / width), which no scheduler can go below.
    struct makespan {
        std::string_view shape;
        double median = 0;
        double worst = 0;
        double promised = 0;  ///< the worst that any such graph could come to (R. Graham, 1969)
    };

    std::vector<cost> costs;
    double floor_ns_per_check = 0;  ///< the same number of posted handlers
    std::vector<makespan> makespans;
};

/// Runs graphs of trivial checks, each of which suspends once and passes, and simulates graphs
/// whose checks take random times.
graph_figures measure_graph(const graph_plan& plan);

std::string to_table(const graph_plan& plan, const graph_figures& figures);
std::string to_json(const graph_plan& plan, const graph_figures& figures);

}  // namespace riva::bench
