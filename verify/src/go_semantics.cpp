#include "command_evidence.hpp"
#include "semantic_tools.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace riva::verify {
namespace {

// The list tells which files the compiler has read: others are for another machine.
constexpr const char* listing =
    "'{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}{{\"\\n\"}}{{end}}"
    "{{range .CgoFiles}}{{$d}}/{{.}}{{\"\\n\"}}{{end}}"
    "{{range .TestGoFiles}}{{$d}}/{{.}}{{\"\\n\"}}{{end}}"
    "{{range .XTestGoFiles}}{{$d}}/{{.}}{{\"\\n\"}}{{end}}'";

std::string line_for(const std::vector<std::string>& files) {
    std::set<std::string> folders;
    for (const std::string& file : files) {
        const std::string folder = std::filesystem::path(file).parent_path().string();
        folders.insert(folder.empty() ? "." : "./" + folder);
    }
    std::string packages;
    for (const std::string& folder : folders) packages += " " + shell_word(folder);
    return "export GOPROXY=off GOTOOLCHAIN=local; go vet" + packages + " && go list -f " + listing +
           packages;
}

/// What is missing, so that nothing can be told.
bool is_about_surroundings(std::string_view complaint) {
    static constexpr std::array<std::string_view, 6> signs{
        "module lookup disabled by GOPROXY=off",
        "no required module provides package",
        "missing go.sum entry",
        "is not in GOROOT",
        "is not in std",
        "build constraints exclude all Go files"
    };
    return std::ranges::any_of(signs, [&](std::string_view sign) {
        return complaint.find(sign) != std::string_view::npos;
    });
}

/// `vet: ./a.go:4:9: ...` and `./a.go:4:9: ...`, about one of the files.
bool is_about(std::string_view complaint, const std::vector<std::string>& files) {
    for (const std::string_view begin : {"vet: ", "./"})
        if (complaint.starts_with(begin)) complaint.remove_prefix(begin.size());
    return std::ranges::any_of(files, [&](const std::string& file) {
        return complaint.starts_with(file + ":");
    });
}

void review(evidence& e, std::string_view errors, const std::vector<std::string>& files) {
    if (e.exit_code == 127) {
        if (const auto missing = missing_program(e.log))
            return retract(e, verdict::indeterminate, *missing);
    }
    std::string_view first;
    for (const std::string_view each : lines_of(errors)) {
        if (is_about_surroundings(each))
            return retract(e, verdict::indeterminate, "cannot tell: " + last_line(each));
        if (first.empty() && is_about(each, files)) first = each;
    }
    if (first.empty())
        return retract(e, verdict::indeterminate, "cannot tell: " + last_line(errors));
    e.detail = last_line(first);
}

}  // namespace

asio::awaitable<evidence> judge_go(source_task task, deadline by) {
    judging_command command;
    command.grade = evidence_grade::statically;
    const std::string line = line_for(task.files);
    command.argv = {"sh", "-c", line};
    command.shown = line;
    judged_command run =
        co_await run_and_judge(*task.where, task.traits, task.input, std::move(command), by);
    evidence& e = run.found;
    if (e.result == verdict::fail) review(e, run.errors, task.files);
    for (const std::string& file : task.files)
        if (e.result == verdict::pass && run.output.find("/" + file + "\n") == std::string::npos)
            retract(e, verdict::indeterminate, file + " is not part of what go compiles here");
    co_return std::move(run.found);
}

}  // namespace riva::verify
