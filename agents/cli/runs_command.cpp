#include "commands.hpp"
#include "reading.hpp"
#include "terminal_text.hpp"

#include <riva/agents/agent.hpp>
#include <riva/memory/error.hpp>

#include <cstdio>
#include <string>

namespace riva::cli {

exit_code carry_out(const runs_options&) {
    auto record = open_journal();
    if (!record && record.error().code == memory::errc::unknown_run) {
        std::fprintf(stderr, "riva: %s\n", printable(record.error().context).c_str());
        return exit_code::verified;
    }
    if (!record) return complain(record.error());
    result<std::vector<run_summary>> runs;
    // The object lives until its coroutine has ended.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    run_to_end([&]() -> asio::awaitable<void> { runs = co_await record->get()->runs(); });
    if (!runs) return complain(runs.error());
    for (const auto& run : *runs)
        std::printf(
            "%s  %-10s  %s\n",
            run.id.c_str(),
            run.outcome.empty() ? "-" : run.outcome.c_str(),
            first_line(run.task, 90).c_str()
        );
    return exit_code::verified;
}

exit_code carry_out(const agents_options&) {
    for (const auto& agent : agents::built_in_agents())
        std::printf(
            "%-10s %s\n",
            std::string(agent->name()).c_str(),
            std::string(agent->description()).c_str()
        );
    return exit_code::verified;
}

}  // namespace riva::cli
