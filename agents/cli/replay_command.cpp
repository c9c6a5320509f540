#include "commands.hpp"
#include "configuration.hpp"
#include "reading.hpp"
#include "terminal_text.hpp"

#include <riva/agents/replay.hpp>

#include <cstdio>
#include <map>
#include <string>

namespace riva::cli {
namespace {

void print_difference(const agents::divergence& where) {
    const std::string place =
        where.seq == 0 ? "after the last event" : "at event " + std::to_string(where.seq);
    std::printf("differs %s\n", place.c_str());
    if (!where.recorded.empty()) std::printf("recorded  %s\n", printable(where.recorded).c_str());
    std::printf("again     %s\n", printable(where.again).c_str());
}

void print_changes(const std::vector<agents::changed_decision>& changed) {
    for (const auto& one : changed)
        std::printf(
            "event %-5llu %-7s %-13s %s -> %s%s\n",
            static_cast<unsigned long long>(one.seq),
            printable(one.intention).c_str(),
            one.about.c_str(),
            printable(one.recorded).c_str(),
            printable(one.now).c_str(),
            one.answerable ? "" : "; the record does not tell what would follow"
        );
}

void print_unanswerable(const std::vector<std::string>& keys) {
    for (const auto& key : keys)
        std::printf("what %s would have changed is not in the record\n", printable(key).c_str());
}

void print_summary(const agents::replay_report& said, bool with_changes) {
    const std::string passes =
        said.passes > 1 ? " in " + std::to_string(said.passes) + " passes" : "";
    const std::string all = std::to_string(said.events.size()) + " events" + passes;
    if (said.difference)
        std::printf("%s are the same, then it ", all.c_str());
    else if (!with_changes)
        std::printf("%s, all the same\n", all.c_str());
    else
        std::printf(
            "%s, %zu decision(s) would have been others\n", all.c_str(), said.changed.size()
        );
}

}  // namespace

exit_code carry_out(const replay_options& options) {
    const auto run = find_run(options.run);
    if (!run) return complain(run.error());
    auto recorded = read_run(*run);
    if (!recorded) return complain(recorded.error());
    std::map<std::string, std::string> changes;
    for (const auto& [key, value] : options.settings) changes[key] = value;

    result<agents::replay_report> said;
    // The object lives until its coroutine has ended.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    run_to_end([&]() -> asio::awaitable<void> {
        said = co_await agents::replay(std::move(*recorded), stored_settings(), changes);
    });
    if (!said) return complain(said.error());
    if (options.json) {
        for (const auto& e : said->events) std::printf("%s\n", to_json(e).c_str());
    } else {
        print_summary(*said, !changes.empty());
        print_changes(said->changed);
        print_unanswerable(said->unanswerable);
        if (said->difference) print_difference(*said->difference);
    }
    return said->difference ? exit_code::failed : exit_code::verified;
}

}  // namespace riva::cli
