#include "command_evidence.hpp"
#include "compiler_errors.hpp"
#include "syntax_tools.hpp"

#include <filesystem>
#include <utility>

namespace riva::verify {
namespace {

struct dialect {
    const char* compiler;
    const char* language;
    const char* standard;  ///< with the extensions that compilers have on unless told otherwise
};

constexpr dialect c{"gcc", "c", "-std=gnu17"};
constexpr dialect cpp{"g++", "c++", "-std=gnu++20"};

std::vector<std::string> arguments(
    const dialect& d, const std::filesystem::path& root, const std::string& file
) {
    std::vector<std::string> argv{
        d.compiler, "-fsyntax-only", "-w", "-x", d.language, d.standard, "-I."
    };
    std::error_code ignored;
    for (const char* folder : {"include", "src"})
        if (std::filesystem::is_directory(root / folder, ignored))
            argv.push_back(std::string("-I") + folder);
    const std::string own = std::filesystem::path(file).parent_path().string();
    if (!own.empty()) argv.push_back("-I" + own);
    argv.push_back(operand(file));
    return argv;
}

asio::awaitable<evidence> compile(source_task task, dialect d, deadline by) {
    judging_command command;
    command.grade = evidence_grade::statically;
    command.argv = arguments(d, task.input.root, task.files.front());
    command.shown = shell_line(command.argv);
    evidence e = co_await judge_command(
        *task.where, std::move(task.traits), std::move(task.input), std::move(command), by
    );
    explain_compilation(e);
    co_return e;
}

}  // namespace

asio::awaitable<evidence> judge_c(source_task task, deadline by) {
    return compile(std::move(task), c, by);
}

asio::awaitable<evidence> judge_cpp(source_task task, deadline by) {
    return compile(std::move(task), cpp, by);
}

asio::awaitable<evidence> judge_shared_header(source_task task, deadline by) {
    source_task again = task;
    evidence as_cpp = co_await compile(std::move(task), cpp, by);
    if (as_cpp.result != verdict::fail) co_return as_cpp;
    evidence as_c = co_await compile(std::move(again), c, by);
    co_return as_c.result == verdict::pass ? as_c : as_cpp;
}

}  // namespace riva::verify
