#pragma once

#include <riva/runtime/process.hpp>

#include <sys/types.h>

#include <string>
#include <vector>

namespace riva::test {

/// A process of this machine that is not a zombie and has `marker` in its command line.
std::vector<pid_t> processes_with(const std::string& marker);

/// Processes that this process started and that still exist, zombies too.
std::vector<pid_t> children();

/// An argument for sleep (about a day) that no other process of the machine has.
std::string unique_span();

process_request shell(std::string script);

/// Runs a request to its end, with a deadline far away.
result<process_exit> run_to_end(process_request request);

}  // namespace riva::test
