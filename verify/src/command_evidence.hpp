#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/deadline.hpp>
#include <riva/runtime/sandbox.hpp>
#include <riva/verify/check.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::verify {

/// A command that judges by its exit code.
struct judging_command {
    std::vector<std::string> argv;
    std::string shown;  ///< as the user would type it
    std::vector<std::string> read_only;
    evidence_grade grade = evidence_grade::executed;  ///< of what it proves when it decides
};

/// What a command came to, with its streams apart: a runner of tests reports on one of them, and
/// what stands on the other was written by something else.
struct judged_command {
    evidence found;
    std::string output;
    std::string errors;
};

/// Runs the command with the tree as its folder. Exit 0 is `pass`; any other exit, and a crash such
/// as SIGSEGV, is `fail`; killed (exit 137 and 143 too), out of time or not isolated is
/// `infra_error`; a program that does not exist is `indeterminate`. Only `pass` and `fail` carry
/// the grade. Cancellation: terminal; leaves no process.
asio::awaitable<judged_command> run_and_judge(
    sandbox& where, check_traits traits, check_input input, judging_command command, deadline by
);

/// The same where nobody asks for the streams.
asio::awaitable<evidence> judge_command(
    sandbox& where, check_traits traits, check_input input, judging_command command, deadline by
);

/// Turns a decision into one that says nothing about the change.
void retract(evidence& e, verdict result, std::string detail);

/// If a shell, `env` or `make` said in the log that it found no program to run: what is missing and
/// how to get it, as one sentence.
std::optional<std::string> missing_program(std::string_view log);

/// `node is not installed ...: apt install nodejs, or ...`.
std::string not_installed(std::string_view tool);

/// The arguments as one line for a POSIX shell, quoted where that is needed.
std::string shell_line(const std::vector<std::string>& argv);
std::string shell_word(std::string_view argument);

/// A path that no program takes for an option, or for a file of options.
std::string operand(const std::string& file);

/// The lines of a text, without their ends.
std::vector<std::string_view> lines_of(std::string_view text);

/// The last line that is not blank, cut to a length that fits in a detail.
std::string last_line(std::string_view text);

}  // namespace riva::verify
