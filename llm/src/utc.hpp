#pragma once

#include <chrono>
#include <string>

namespace riva::llm {

/// `2026-11-21T13:00:00Z`
std::string utc(std::chrono::system_clock::time_point when);

}  // namespace riva::llm
