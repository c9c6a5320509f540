#include "command_evidence.hpp"
#include "syntax_tools.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace riva::verify {
namespace {

constexpr std::string_view compile_only =
    "import sys; [compile(open(f, 'rb').read(), f, 'exec') for f in sys.argv[1:]]";

/// The last line of a traceback, if the compiler rejected the file rather than failed to read it.
std::optional<std::string> rejection(std::string_view log) {
    static constexpr std::array<std::string_view, 6> rejections{
        "SyntaxError",
        "IndentationError",
        "TabError",
        "ValueError",
        "RecursionError",
        "OverflowError"
    };
    std::string last = last_line(log);
    const bool rejected =
        std::any_of(rejections.begin(), rejections.end(), [&](std::string_view r) {
            return last.starts_with(r);
        });
    return rejected ? std::optional(std::move(last)) : std::nullopt;
}

/// `NAME:LINE: ` from the last `  File "NAME", line LINE` of a traceback.
std::string position(std::string_view log) {
    constexpr std::string_view file = "  File \"";
    constexpr std::string_view line = "\", line ";
    const std::size_t begin = log.rfind(file);
    if (begin == std::string_view::npos) return {};
    log = log.substr(begin + file.size());
    log = log.substr(0, log.find('\n'));
    const std::size_t middle = log.find(line);
    if (middle == std::string_view::npos || log.starts_with('<')) return {};
    const std::string_view number = log.substr(middle + line.size());
    return std::string(log.substr(0, middle)) + ":" + std::string(number) + ": ";
}

}  // namespace

asio::awaitable<evidence> judge_python(source_task task, deadline by) {
    judging_command command;
    command.grade = evidence_grade::statically;
    command.argv = {"python3", "-I", "-c", std::string(compile_only)};
    command.argv.insert(command.argv.end(), task.files.begin(), task.files.end());
    command.shown = shell_line(command.argv);
    evidence e = co_await judge_command(
        *task.where, std::move(task.traits), std::move(task.input), std::move(command), by
    );
    if (e.result != verdict::fail) co_return e;
    if (const auto reason = rejection(e.log))
        e.detail = position(e.log) + *reason;
    else
        retract(e, verdict::infra_error, "python3 could not judge the file, " + e.detail);
    co_return e;
}

}  // namespace riva::verify
