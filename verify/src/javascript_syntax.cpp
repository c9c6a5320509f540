#include "command_evidence.hpp"
#include "package_manifest.hpp"
#include "syntax_tools.hpp"

#include <filesystem>
#include <utility>

namespace riva::verify {
namespace {

namespace fs = std::filesystem;

/// What node takes a `.js` file for: the `type` of the nearest package.json.
std::string module_type(const fs::path& root, const std::string& file) {
    fs::path folder = fs::path(file).parent_path();
    for (;;) {
        if (const auto manifest = read_package_manifest(root / folder)) return manifest->type;
        if (folder.empty()) return {};
        folder = folder.parent_path();
    }
}

/// The number after the last colon of a line that ends with one.
std::string_view line_number(std::string_view line) {
    const std::size_t digits = line.find_last_not_of("0123456789") + 1;  // npos + 1 is 0
    const bool numbered = digits > 0 && digits < line.size() && line[digits - 1] == ':';
    return numbered ? line.substr(digits) : std::string_view();
}

/// `FILE:LINE: SyntaxError: ...` from node's report, which names the position before the reason.
std::string position_and_reason(const std::string& file, std::string_view log) {
    std::string position = file;
    for (const std::string_view line : lines_of(log)) {
        if (line.starts_with("SyntaxError")) return position + ": " + last_line(line);
        const std::string_view number = line_number(line);
        if (position == file && !number.empty()) position += ":" + std::string(number);
    }
    return {};
}

void explain(evidence& e, const std::string& file) {
    if (e.exit_code == 127) {
        if (const auto missing = missing_program(e.log))
            return retract(e, verdict::indeterminate, *missing);
    }
    if (e.result != verdict::fail) return;
    const std::string reason = position_and_reason(file, e.log);
    if (reason.empty())
        return retract(e, verdict::infra_error, "node could not judge the file, " + e.detail);
    if (reason.ends_with("Unexpected token '<'"))
        return retract(
            e,
            verdict::indeterminate,
            reason + " (if this is JSX: node cannot parse it, give a check command that can)"
        );
    e.detail = reason;
}

asio::awaitable<evidence> check_with(
    source_task task, std::vector<std::string> argv, std::string shown, deadline by
) {
    judging_command command;
    command.grade = evidence_grade::statically;
    command.argv = std::move(argv);
    command.shown = std::move(shown);
    const std::string file = task.files.front();
    evidence e = co_await judge_command(
        *task.where, std::move(task.traits), std::move(task.input), std::move(command), by
    );
    explain(e, file);
    co_return e;
}

/// `node --check FILE` passes anything that looks like a module when no package.json says what the
/// file is, so the type is named, which node allows for standard input only.
asio::awaitable<evidence> check_as(source_task task, const char* type, deadline by) {
    std::string line = std::string("node --input-type=") + type + " --check - < " +
                       shell_word(operand(task.files.front()));
    std::vector<std::string> argv{"sh", "-c", line};
    return check_with(std::move(task), std::move(argv), std::move(line), by);
}

bool speaks_of_modules(std::string_view detail) {
    for (const std::string_view sign :
         {"Cannot use import statement", "'import.meta'", "Unexpected token 'export'", "await is "})
        if (detail.find(sign) != std::string_view::npos) return true;
    return false;
}

asio::awaitable<evidence> check_untyped(source_task task, deadline by) {
    source_task again = task;
    evidence script = co_await check_as(std::move(task), "commonjs", by);
    if (script.result != verdict::fail) co_return script;
    evidence module = co_await check_as(std::move(again), "module", by);
    const bool is_module = module.result == verdict::pass || speaks_of_modules(script.detail);
    co_return is_module ? module : script;
}

}  // namespace

asio::awaitable<evidence> judge_javascript(source_task task, deadline by) {
    const std::string file = task.files.front();
    const bool typed = !file.ends_with(".js") || !module_type(task.input.root, file).empty();
    if (!typed) return check_untyped(std::move(task), by);
    std::vector<std::string> argv{"node", "--check", operand(file)};
    std::string shown = shell_line(argv);
    return check_with(std::move(task), std::move(argv), std::move(shown), by);
}

}  // namespace riva::verify
