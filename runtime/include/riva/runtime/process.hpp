#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/deadline.hpp>
#include <riva/runtime/error.hpp>
#include <riva/runtime/outcome.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace riva {

/// A program to run. Nothing is inherited but what is named here.
struct process_request {
    std::vector<std::string> argv;  ///< argv[0] is looked up in `PATH` of `environment`
    std::filesystem::path directory;  ///< empty: that of this process
    std::vector<std::string> environment;  ///< `NAME=value`
    std::string input;                     ///< given on standard input
    std::size_t keep =
        std::size_t{64} * 1024;  ///< bytes kept of the head and of the tail of each stream
    std::size_t flood =
        std::size_t{64} * 1024 * 1024;  ///< bytes of output after which the process is killed
    std::chrono::milliseconds grace{2000};  ///< between SIGTERM and SIGKILL
};

/// How a process ended. Exactly one of exited (signal 0, not timed out, not flooded) and its
/// opposites holds.
struct process_exit {
    int exit_code = -1;  ///< -1 unless it exited by itself
    int signal = 0;  ///< that ended it
    bool timed_out = false;  ///< killed because the deadline passed
    bool flooded = false;  ///< killed because it wrote more than `flood` bytes
    captured_output output;
    captured_output errors;
    std::string output_digest;  ///< SHA-256 of the hexadecimal SHA-256 of all of standard output,
                                ///< followed by that of all of standard error
    std::chrono::milliseconds duration{0};

    bool exited() const { return signal == 0 && !timed_out && !flooded; }
};

/// Runs a program to its end, in a session and process group of its own. Standard input is a
/// regular file. The end of the program ends the command: what it started is killed. No process of
/// the group is alive when this returns or throws; a process that opened a session of its own left
/// the group (the sandbox holds those too). A deadline that has passed already starts nothing.
///
/// Errors: `errc::command_not_found`; `errc::path_invalid` for a NUL character in an argument or
/// variable; `errc::io_failed` for a missing directory or when the system refuses.
/// Cancellation: terminal; the whole group is killed and reaped first.
/// Thread safety: call on a serial executor.
asio::awaitable<result<process_exit>> run_process(process_request request, deadline by);

}  // namespace riva
