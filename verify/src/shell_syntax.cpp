#include "blank_evidence.hpp"
#include "command_evidence.hpp"
#include "regular_file.hpp"
#include "syntax_tools.hpp"

#include <array>
#include <filesystem>
#include <utility>

namespace riva::verify {
namespace {

constexpr std::size_t largest = 4 * 1024 * 1024;

/// The name of the program in `#!/usr/bin/env -S bash -e`; empty without such a line.
std::string interpreter_of(std::string_view content) {
    if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
    if (!content.starts_with("#!")) return {};
    std::string_view line = content.substr(2, content.find('\n') - 2);
    while (!line.empty()) {
        const std::size_t begin = line.find_first_not_of(" \t\r");
        if (begin == std::string_view::npos) break;
        line.remove_prefix(begin);
        const std::size_t end = std::min(line.find_first_of(" \t\r"), line.size());
        const std::string_view word = line.substr(0, end);
        line.remove_prefix(end);
        const std::string name = std::filesystem::path(word).filename().string();
        const bool passed_over =
            name == "env" || name.starts_with('-') || name.find('=') != std::string::npos;
        if (!passed_over) return name;
    }
    return {};
}

void explain(evidence& e) {
    if (e.result != verdict::fail) return;
    static constexpr std::array<std::string_view, 3> signs{
        "yntax error", "unexpected EOF", "nterminated quoted string"
    };
    for (const std::string_view line : lines_of(e.log))
        for (const std::string_view sign : signs)
            if (e.exit_code <= 2 && line.find(sign) != std::string_view::npos) {
                e.detail = last_line(line);
                return;
            }
    retract(e, verdict::indeterminate, "cannot tell: " + e.detail);
}

asio::awaitable<evidence> read_by(source_task task, std::vector<std::string> shell, deadline by) {
    judging_command command;
    command.grade = evidence_grade::statically;
    command.argv = std::move(shell);
    command.argv.emplace_back("-n");
    command.argv.push_back(operand(task.files.front()));
    command.shown = shell_line(command.argv);
    evidence e = co_await judge_command(
        *task.where, std::move(task.traits), std::move(task.input), std::move(command), by
    );
    explain(e);
    co_return e;
}

/// By `sh`; what only bash accepts is a matter of which shell will run it.
asio::awaitable<evidence> read_by_any(source_task task, bool named, deadline by) {
    source_task again = task;
    evidence plain = co_await read_by(std::move(task), {"sh"}, by);
    if (plain.result != verdict::fail) co_return plain;
    evidence bash = co_await read_by(std::move(again), {"bash", "-O", "extglob"}, by);
    if (bash.result != verdict::pass) co_return plain;
    if (!named) co_return bash;
    retract(plain, verdict::indeterminate, "bash accepts what sh does not: " + plain.detail);
    co_return plain;
}

}  // namespace

asio::awaitable<evidence> judge_shell(source_task task, deadline by) {
    const std::string file = task.files.front();
    const auto content = read_regular_file(task.input.root / file, largest);
    evidence unknown = blank_evidence(task.traits, task.input);
    unknown.detail = file + " is too large, or no text";
    if (!content || content->find('\0') != std::string::npos) co_return unknown;
    const std::string interpreter = interpreter_of(*content);
    if (interpreter == "bash")
        co_return co_await read_by(std::move(task), {"bash", "-O", "extglob"}, by);
    if (interpreter.empty() || interpreter == "sh" || interpreter == "dash")
        co_return co_await read_by_any(std::move(task), !interpreter.empty(), by);
    unknown.detail = "cannot tell: its first line names " + interpreter + ", which is not asked";
    co_return unknown;
}

}  // namespace riva::verify
