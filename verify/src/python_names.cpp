#include "command_evidence.hpp"
#include "regular_file.hpp"
#include "semantic_tools.hpp"

#include <array>
#include <utility>

namespace riva::verify {
namespace {

constexpr std::size_t largest = 4 * 1024 * 1024;
constexpr std::string_view undefined = ": undefined name '";

/// A complaint about a name, and the file that it is about.
struct complaint {
    std::string file;
    std::string text;
};

std::vector<complaint> complaints_in(std::string_view output) {
    std::vector<complaint> all;
    for (const std::string_view line : lines_of(output)) {
        const std::size_t end = line.find(undefined);
        if (end == std::string_view::npos) continue;
        // FILE:LINE:COLUMN
        std::string_view file = line.substr(0, end);
        file = file.substr(0, file.rfind(':'));
        file = file.substr(0, file.rfind(':'));
        all.push_back({std::string(file), last_line(line)});
    }
    return all;
}

/// Whether a file may define names in ways that no reader can follow.
bool is_dynamic(const std::filesystem::path& file) {
    static constexpr std::array<std::string_view, 6> signs{
        "globals()", "locals()", "vars()", "exec(", "builtins", "def __getattr__"
    };
    const auto content = read_regular_file(file, largest);
    if (!content) return true;
    for (const std::string_view sign : signs)
        if (content->find(sign) != std::string::npos) return true;
    return false;
}

void review(evidence& e, const judged_command& run, const std::filesystem::path& root) {
    if (run.errors.find("No module named pyflakes") != std::string::npos)
        return retract(e, verdict::indeterminate, not_installed("pyflakes"));
    std::optional<std::string> doubtful;
    for (const complaint& each : complaints_in(run.output)) {
        if (!is_dynamic(root / each.file)) {
            e.detail = each.text;
            return;
        }
        doubtful = each.text + " (perhaps defined when the program runs)";
    }
    if (doubtful) return retract(e, verdict::indeterminate, *doubtful);
    const bool cut = run.output.find(" bytes left out ...]") != std::string::npos;
    if (!run.errors.empty() || run.output.empty() || cut)
        return retract(e, verdict::indeterminate, "pyflakes cannot tell: " + last_line(run.errors));
    e.result = verdict::pass;  // it complained about other things
}

}  // namespace

asio::awaitable<evidence> judge_python_names(source_task task, deadline by) {
    judging_command command;
    command.grade = evidence_grade::statically;
    command.argv = {"python3", "-I", "-m", "pyflakes"};
    for (const std::string& file : task.files) command.argv.push_back(operand(file));
    command.shown = shell_line(command.argv);
    const std::filesystem::path root = task.input.root;
    judged_command run = co_await run_and_judge(
        *task.where, std::move(task.traits), std::move(task.input), std::move(command), by
    );
    evidence found = run.found;
    if (found.result == verdict::fail) review(found, run, root);
    co_return found;
}

}  // namespace riva::verify
