#pragma once

#include <riva/verify/check_graph.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

namespace riva::bench {

/// A check that takes its time and passes.
struct simulated_check {
    verify::check_traits traits;
    std::chrono::milliseconds span{0};
    std::vector<std::size_t> needs;  ///< positions before its own
};

struct simulated_graph {
    std::vector<simulated_check> checks;
    verify::graph_options options;
};

/// How a random graph looks.
enum class graph_shape {
    independent,
    any_earlier,  ///< each needs up to three of those before it
    layers,       ///< twenty, each check needs two of the layer before
    long_chain,   ///< half of the time that all need is one chain, declared last
    mixed,        ///< as `any_earlier`, over all three resources
};

std::string_view to_string(graph_shape shape);

simulated_graph random_graph(
    graph_shape shape, std::size_t checks, std::size_t width, std::mt19937_64& random
);

/// What no scheduler can go below: the critical path, and the work of each resource by its width.
double least_makespan(const simulated_graph& graph);

/// What every scheduler that leaves nothing idle comes to at most: the work of all resources by
/// their widths, and the critical path (R. Graham, Bounds on multiprocessing timing anomalies,
/// 1969).
double most_makespan(const simulated_graph& graph);

/// Milliseconds of simulated time that riva takes, on a clock that stands still while there is
/// work.
double simulate(const simulated_graph& graph);

}  // namespace riva::bench
