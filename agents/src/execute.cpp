#include "execute.hpp"

#include <riva/agents/error.hpp>

#include <chrono>

namespace riva::agents {
namespace {

result<outcome> from_change(result<file_change> change) {
    if (!change) return change.error();
    outcome o;
    o.files.push_back(std::move(*change));
    return o;
}

std::string print(std::chrono::milliseconds span) {
    return std::to_string(span.count() / 1000) + " s";
}

asio::awaitable<result<outcome>> execute_command(
    run_context& run, workspace& tree, run_command what
) {
    const auto before = co_await tree.take_snapshot();
    if (!before) co_return before.error();
    sandbox_command command;
    command.argv = std::move(what.argv);
    command.root = tree.root();
    command.cwd = std::move(what.cwd);
    command.read_only = tree.protected_paths();
    const auto ended = co_await run.isolated->run(
        std::move(command), min(run.by, deadline::in(run.options.command_timeout))
    );
    if (!ended) co_return ended.error();
    const auto discarded = co_await tree.discard_ignored();
    if (!discarded) co_return discarded.error();
    auto files = co_await tree.changes_since(*before);
    if (!files) co_return files.error();

    for (const auto& file : *files)
        if (tree.is_protected(file.path))
            co_return error{
                riva::errc::path_protected,
                "The command changed " + file.path + ", which is protected; leave it as it is."
            };
    if (ended->timed_out)
        co_return error{
            riva::errc::deadline_passed,
            "The command did not end within " + print(run.options.command_timeout) +
                " and was killed."
        };
    if (ended->flooded)
        co_return error{riva::errc::io_failed, "The command wrote too much output and was killed."};
    if (ended->signal != 0)
        co_return error{
            riva::errc::io_failed,
            "The command was killed by signal " + std::to_string(ended->signal) + "."
        };
    outcome o;
    o.exit_code = ended->exit_code;
    o.output = ended->output;
    o.errors = ended->errors;
    o.files = std::move(*files);
    co_return o;
}

asio::awaitable<result<outcome>> execute_query(workspace& tree, query what) {
    auto text = co_await tree.answer(std::move(what));
    if (!text) co_return text.error();
    outcome o;
    o.output.head = std::move(*text);
    co_return o;
}

asio::awaitable<result<outcome>> dispatch(run_context& run, workspace& tree, action what) {
    if (auto* create = std::get_if<create_file>(&what))
        co_return from_change(co_await tree.create(std::move(*create)));
    if (auto* edit = std::get_if<edit_file>(&what))
        co_return from_change(co_await tree.edit(std::move(*edit)));
    if (auto* remove = std::get_if<delete_file>(&what))
        co_return from_change(co_await tree.remove(std::move(*remove)));
    if (auto* ask = std::get_if<query>(&what))
        co_return co_await execute_query(tree, std::move(*ask));
    co_return co_await execute_command(run, tree, std::move(std::get<run_command>(what)));
}

}  // namespace

asio::awaitable<result<outcome>> execute(run_context& run, workspace& tree, action what) {
    const auto start = std::chrono::steady_clock::now();
    auto done = co_await dispatch(run, tree, std::move(what));
    if (done)
        done->duration = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - start
        );
    co_return done;
}

}  // namespace riva::agents
