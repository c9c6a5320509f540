#include "commands.hpp"
#include "configuration.hpp"
#include "reading.hpp"
#include "terminal_text.hpp"

#include <riva/agents/engine.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <optional>
#include <string>

namespace riva::cli {
namespace {

/// How the run ended whose change this is; empty: it has no result.
std::string outcome_of(const std::vector<event>& events) {
    std::string outcome;
    for (const auto& e : events) {
        if (std::holds_alternative<events::run_resumed>(e.body)) outcome.clear();
        if (const auto* ended = std::get_if<events::run_result>(&e.body)) outcome = ended->outcome;
    }
    return outcome;
}

result<agents::applied_run> apply_change(const agents::application& what) {
    agents::settings settings;
    settings.state_folder = state_folder();
    asio::io_context io(1);
    agents::engine engine(io.get_executor(), settings);
    std::exception_ptr failure;
    result<agents::applied_run> applied;
    asio::co_spawn(
        io,
        engine.apply(what),
        [&](std::exception_ptr e, result<agents::applied_run> r) {
            failure = e;
            applied = std::move(r);
        }
    );
    io.run();
    if (failure) std::rethrow_exception(failure);
    return applied;
}

void print_files(const change_set& changes) {
    for (const auto& change : changes.files)
        std::printf(
            "%-8s %s\n",
            std::string(to_string(change.change.kind)).c_str(),
            printable(change.change.path).c_str()
        );
}

void warn_of(const std::string& run) {
    const auto events = read_run(run);
    const std::string outcome = events ? outcome_of(*events) : "";
    if (outcome.empty())
        std::fprintf(
            stderr,
            "riva: warning: the run was killed before it had a result; riva resume %s goes on with "
            "it\n",
            run.c_str()
        );
    else if (outcome != "verified")
        std::fprintf(stderr, "riva: warning: the change is %s\n", outcome.c_str());
}

}  // namespace

exit_code carry_out(const apply_options& options) {
    const auto run = find_run(options.run);
    if (!run) return complain(run.error());
    const auto applied = apply_change({*run, options.undo});
    if (!applied) return complain(applied.error());
    print_files(applied->changes);
    if (applied->unwatched)
        std::fprintf(
            stderr,
            "riva: warning: later runs will not learn from what you make of this change: %s\n",
            printable(applied->unwatched->context).c_str()
        );
    if (!options.undo) warn_of(*run);
    return exit_code::verified;
}

}  // namespace riva::cli
