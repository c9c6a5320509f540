#include "commands.hpp"
#include "configuration.hpp"
#include "reading.hpp"
#include "terminal_text.hpp"

#include <riva/memory/error.hpp>
#include <riva/runtime/workspace.hpp>

#include <boost/asio/thread_pool.hpp>

#include <cstdio>
#include <optional>

namespace riva::cli {
namespace {

/// What a run left to apply.
struct delivery {
    std::string repository;
    change_set changes;
    std::string outcome;
};

result<delivery> find_delivery(const std::string& run) {
    const auto events = read_run(run);
    if (!events) return events.error();
    delivery found;
    for (const auto& e : *events) {
        if (const auto* started = std::get_if<events::run_started>(&e.body))
            found.repository = started->repository;
        // What an earlier pass left counts no more.
        if (std::holds_alternative<events::run_resumed>(e.body)) {
            found.changes.files.clear();
            found.outcome.clear();
        }
        if (const auto* diff = std::get_if<events::workspace_diff>(&e.body))
            found.changes.files = diff->files;
        if (const auto* ended = std::get_if<events::run_result>(&e.body))
            found.outcome = ended->outcome;
    }
    if (found.changes.empty())
        return error{
            memory::errc::unknown_run,
            "Run " + run + " has no change to apply; its outcome is " +
                (found.outcome.empty() ? "not known" : found.outcome) + "."
        };
    return found;
}

}  // namespace

exit_code carry_out(const apply_options& options) {
    const auto run = find_run(options.run);
    if (!run) return complain(run.error());
    const auto found = find_delivery(*run);
    if (!found) return complain(found.error());
    boost::asio::thread_pool pool(1);
    result<void> applied;
    // The object lives until its coroutine has ended.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    run_to_end([&]() -> asio::awaitable<void> {
        applied = co_await apply(
            found->changes,
            state_folder() / "runs" / *run / "objects",
            found->repository,
            pool.get_executor()
        );
    });
    pool.join();
    if (!applied) return complain(applied.error());
    for (const auto& change : found->changes.files)
        std::printf(
            "%-8s %s\n",
            std::string(to_string(change.change.kind)).c_str(),
            printable(change.change.path).c_str()
        );
    if (found->outcome.empty())
        std::fputs("riva: warning: the run was killed before it had a result\n", stderr);
    else if (found->outcome != "verified")
        std::fprintf(stderr, "riva: warning: the change is %s\n", found->outcome.c_str());
    return exit_code::verified;
}

}  // namespace riva::cli
