#pragma once

#include <riva/runtime/error.hpp>

#include <cstddef>
#include <filesystem>

namespace riva::bench {

/// How long it takes to find what concerns an intention in project memory.
struct recall_figures {
    double p50_ms = 0;
    double p99_ms = 0;
};

/// Fills a new database with entries of one project, whose words are as unevenly frequent as those
/// of a language, and asks it 500 times. Errors: those of the memory.
result<recall_figures> measure_recall(const std::filesystem::path& file, std::size_t entries);

}  // namespace riva::bench
