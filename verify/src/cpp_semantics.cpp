#include "command_evidence.hpp"
#include "compiler_errors.hpp"
#include "semantic_tools.hpp"

#include <utility>

namespace riva::verify {

asio::awaitable<evidence> judge_compilation(source_task task, compile_command as, deadline by) {
    judging_command command;
    command.grade = evidence_grade::statically;
    command.argv = {as.compiler, "-fsyntax-only", "-w"};
    command.argv.insert(command.argv.end(), as.arguments.begin(), as.arguments.end());
    command.argv.push_back(operand(task.files.front()));
    command.shown = shell_line(command.argv);
    evidence e = co_await judge_command(
        *task.where, std::move(task.traits), std::move(task.input), std::move(command), by
    );
    explain_compilation(e);
    if (e.result == verdict::fail && !as.left_out.empty())
        retract(
            e,
            verdict::indeterminate,
            "cannot tell without " + as.left_out.front() +
                ", which is not taken from compile_commands.json: " + e.detail
        );
    co_return e;
}

}  // namespace riva::verify
