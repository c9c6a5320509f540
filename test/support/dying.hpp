#pragma once

#include <riva/runtime/crash_point.hpp>

#include <array>
#include <atomic>
#include <map>
#include <string>

namespace riva::test {

/// Where this process ends, with the status of a killed one, as if by `kill -9`.
struct death {
    crash_point at = crash_point::stage_made;
    int time = 0;  ///< which time that it gets there, from 1; 0: never
};

/// For this process alone. Programs that link `dying.cpp` take it from the environment:
/// `RIVA_CRASH_AT=NAME` or `NAME:TIME`. With `RIVA_CRASH_LOG=FILE` they add the name of each place
/// that they pass to that file.
void die(death how);

/// How often each place stands in such a file.
std::map<crash_point, int> passed_in(const std::string& log);

/// Counts in memory that processes share; nothing while it is null.
using pass_counts = std::array<std::atomic<int>, crash_point_names.size()>;
void count_in(pass_counts* shared);

}  // namespace riva::test
