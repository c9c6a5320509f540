#pragma once

#include "scripted/suite.hpp"

#include <array>
#include <cstdint>
#include <set>
#include <vector>

namespace riva::llm::scripted {

/// Draws the answers to one task, without replacement: the order of a tier's answers is fixed by
/// seed, task and tier, and no answer is given twice before all of them have been given.
class suite_draw {
public:
    /// `task` outlives the draw.
    suite_draw(const suite_task& task, std::uint64_t seed) : task_(&task), seed_(seed) {}

    /// Index in `suite_task::codes`. After the last one a right answer is repeated.
    std::size_t next(model_tier tier);

private:
    struct stream {
        bool shuffled = false;
        std::vector<recorded_answer> order;
        std::size_t position = 0;
    };

    std::size_t repeated(const stream& s) const;

    const suite_task* task_;
    std::uint64_t seed_;
    std::array<stream, 3> streams_;
    std::set<std::size_t> given_;  // by any tier: some answers are in the pools of all of them
};

}  // namespace riva::llm::scripted
