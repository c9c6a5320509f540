#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace riva::bench {

struct batch_plan {
    std::size_t most = 32;         ///< items in a batch at most
    std::size_t items = 100'000;   ///< verified for each row
    std::uint64_t seed = 1;
};

/// Tests for each item; one test each takes 1.
struct batch_figures {
    struct row {
        double rate = 0;           ///< of the items that fail
        std::size_t size = 1;      ///< of the batches, the best by Dorfman's formula
        double tests = 0;          ///< that riva took
        double dorfman = 0;        ///< by the formula: one test, and one each if it fails
        std::size_t misjudged = 0;  ///< items whose finding was wrong
    };

    std::vector<row> rows;
};

/// Verifies simulated items in batches, where some fail and each for itself.
batch_figures measure_batch(const batch_plan& plan);

std::string to_table(const batch_plan& plan, const batch_figures& figures);
std::string to_json(const batch_plan& plan, const batch_figures& figures);

}  // namespace riva::bench
