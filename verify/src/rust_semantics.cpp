#include "command_evidence.hpp"
#include "semantic_tools.hpp"

#include <utility>

namespace riva::verify {
namespace {

// The rules that cargo writes tell which files the compiler has read.
constexpr const char* line =
    "t=$(mktemp -d) && trap 'rm -rf \"$t\"' EXIT && CARGO_TARGET_DIR=\"$t\" cargo check --offline "
    "--quiet --all-targets --message-format short && cat \"$t\"/debug/deps/*.d";

/// `src/main.rs:1:25: error...`, in a file of the repository.
bool is_rejection(std::string_view complaint) {
    const std::size_t end = complaint.find(": error");
    if (end == std::string_view::npos || complaint.starts_with('/')) return false;
    const std::string_view place = complaint.substr(0, end);
    return place.find(".rs:") != std::string_view::npos;
}

/// `E0463`: a crate, perhaps the standard library for another machine, is not installed.
bool is_about_surroundings(std::string_view complaint) {
    return complaint.find("error[E0463]") != std::string_view::npos;
}

void review(evidence& e, std::string_view errors) {
    if (e.exit_code == 127) {
        if (const auto missing = missing_program(e.log))
            return retract(e, verdict::indeterminate, *missing);
    }
    std::string_view first;
    for (const std::string_view each : lines_of(errors)) {
        if (is_about_surroundings(each))
            return retract(e, verdict::indeterminate, "cannot tell: " + last_line(each));
        if (first.empty() && is_rejection(each)) first = each;
    }
    if (first.empty())
        return retract(e, verdict::indeterminate, "cannot tell: " + last_line(errors));
    e.detail = last_line(first);
}

bool is_listed(std::string_view rules, const std::string& file) {
    for (const std::string_view each : lines_of(rules))
        if (each == file + ":") return true;
    return false;
}

}  // namespace

asio::awaitable<evidence> judge_rust(source_task task, deadline by) {
    judging_command command;
    command.grade = evidence_grade::statically;
    command.argv = {"sh", "-c", line};
    command.shown = line;
    judged_command run = co_await run_and_judge(
        *task.where, std::move(task.traits), std::move(task.input), std::move(command), by
    );
    evidence& e = run.found;
    if (e.result == verdict::fail) review(e, run.errors);
    for (const std::string& file : task.files)
        if (e.result == verdict::pass && !is_listed(run.output, file))
            retract(e, verdict::indeterminate, file + " is not part of what cargo compiles");
    co_return std::move(run.found);
}

}  // namespace riva::verify
