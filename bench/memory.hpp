#pragma once

#include "recall.hpp"
#include "resume.hpp"

#include <riva/runtime/error.hpp>

#include <cstddef>
#include <filesystem>
#include <string>

namespace riva::bench {

struct memory_plan {
    std::filesystem::path folder;  ///< on the disk to be measured
    std::size_t events = 6400;  ///< in each pass
    std::size_t in_flight = 64;
    std::size_t passes = 5;
    std::size_t read = 10'000;  ///< events of the run that is read, and of the one that is resumed
    std::size_t patterns = 250;  ///< of each of two projects, of which one at a time is looked up
    std::size_t entries = 100'000;  ///< of project memory
};

/// Medians over the passes.
struct memory_figures {
    double events_per_second = 0;
    /// Rows of the same size that a bare loop writes to the same disk, `in_flight` in a
    /// transaction.
    double floor_per_second = 0;
    /// How late the event loop comes to a posted handler, in 99 of 100 cases at most.
    double idle_p99_ms = 0;
    double loaded_p99_ms = 0;  ///< while the journal takes events, some of 100 kB
    double read_ms = 0;
    resume_figures resume;  ///< of a run of as many events
    double pattern_us = 0;  ///< to look one up
    recall_figures recall;
};

/// Writes a journal and a project memory below `folder`, which is removed again. Errors: those of
/// the two.
result<memory_figures> measure_memory(const memory_plan& plan);

std::string to_table(const memory_plan& plan, const memory_figures& figures);
std::string to_json(const memory_plan& plan, const memory_figures& figures);

}  // namespace riva::bench
