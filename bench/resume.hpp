#pragma once

#include <riva/runtime/error.hpp>

#include <cstddef>
#include <filesystem>

namespace riva::bench {

struct resume_figures {
    double resume_ms = 0;  ///< from the call until all parts ask what was never answered
    double processor_ms = 0;  ///< in all threads, for the same
    std::size_t events = 0;  ///< of the run when it was stopped
};

/// Runs a task of four parts whose model asks to look at the repository, until its journal holds
/// about `events`, stops it, and resumes it. Writes below `folder`. Errors: those of the engine.
result<resume_figures> time_resume(const std::filesystem::path& folder, std::size_t events);

}  // namespace riva::bench
