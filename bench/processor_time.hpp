#pragma once

#include <ctime>

namespace riva::bench {

/// Processor time of this process so far, in nanoseconds.
inline double processor_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

}  // namespace riva::bench
