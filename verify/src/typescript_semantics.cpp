#include "command_evidence.hpp"
#include "package_manifest.hpp"
#include "regular_file.hpp"
#include "semantic_tools.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace riva::verify {
namespace {

namespace fs = std::filesystem;

constexpr const char* own_compiler = "node_modules/typescript/bin/tsc";

/// `FILE(LINE,COLUMN): error TS1234: ...`.
struct complaint {
    std::string file;
    std::string code;
    std::string text;
};

std::vector<complaint> complaints_in(std::string_view output) {
    std::vector<complaint> all;
    for (const std::string_view line : lines_of(output)) {
        constexpr std::string_view sign = "error TS";
        const std::size_t at = line.find(sign);
        const bool placed = at != 0 && at != std::string_view::npos && line[at - 1] == ' ';
        if (at != 0 && !placed) continue;
        const std::string_view code = line.substr(at + sign.size());
        const std::size_t parenthesis = line.substr(0, at).rfind('(');
        all.push_back(
            {std::string(line.substr(0, parenthesis == line.npos ? 0 : parenthesis)),
             std::string(code.substr(0, code.find(':'))),
             last_line(line)}
        );
    }
    return all;
}

bool is_syntax(const complaint& c) {
    return c.code.size() == 4 && c.code.starts_with('1');
}

/// Complaints about what is not installed, or about options that this compiler does not know.
bool is_about_surroundings(const complaint& c) {
    static constexpr std::array<std::string_view, 15> codes{
        "2307",
        "2318",
        "2580",
        "2581",
        "2582",
        "2583",
        "2584",
        "2591",
        "2592",
        "2593",
        "2688",
        "2792",
        "2875",
        "7016",
        "18003"
    };
    return c.file.empty() || std::ranges::find(codes, c.code) != codes.end();
}

bool is_among(const std::string& file, const std::vector<std::string>& files) {
    return std::ranges::find(files, fs::path(file).lexically_normal().string()) != files.end();
}

void review(evidence& e, const std::vector<complaint>& all, const std::vector<std::string>& files) {
    std::string doubtful;
    std::string first;
    for (const complaint& c : all) {
        if (is_among(c.file, files) && is_syntax(c)) {
            e.detail = c.text;
            return;
        }
        if (is_about_surroundings(c)) doubtful = "cannot tell: " + c.text;
        if (first.empty() && is_among(c.file, files)) first = c.text;
    }
    if (doubtful.empty() && first.empty())
        doubtful = all.empty() ? "tsc ended without naming an error, " + e.detail
                               : "complains about files that did not change: " + all[0].text;
    if (!doubtful.empty()) return retract(e, verdict::indeterminate, doubtful);
    e.detail = first;
}

/// A file that the project does not include passes unseen.
void doubt(evidence& e, const std::string& output, const source_task& task) {
    for (const std::string& file : task.files)
        if (output.find((task.input.root / file).string() + "\n") == std::string::npos)
            return retract(
                e, verdict::indeterminate, file + " is not part of the project of tsconfig.json"
            );
}

}  // namespace

asio::awaitable<evidence> judge_typescript(source_task task, deadline by) {
    judging_command command;
    command.grade = evidence_grade::statically;
    const bool own = is_plain_file(task.input.root / own_compiler);
    command.argv =
        own ? std::vector<std::string>{"node", own_compiler} : std::vector<std::string>{"tsc"};
    for (const char* option : {"--noEmit", "--pretty", "false", "--listFiles", "-p", "."})
        command.argv.emplace_back(option);
    command.shown = shell_line(command.argv);
    judged_command run =
        co_await run_and_judge(*task.where, task.traits, task.input, std::move(command), by);
    evidence& e = run.found;
    if (e.result == verdict::fail) review(e, complaints_in(run.output), task.files);
    if (e.result == verdict::pass) doubt(e, run.output, task);
    co_return std::move(run.found);
}

}  // namespace riva::verify
