#include "commands.hpp"
#include "reading.hpp"
#include "run_tree.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <variant>
#include <vector>

namespace riva::cli {
namespace {

/// Where the run began to go on for the last time: what it did before, it did again from there.
std::vector<event>::const_iterator find_last_pass(const std::vector<event>& events) {
    auto last = events.begin();
    for (auto e = events.begin(); e != events.end(); ++e)
        if (std::holds_alternative<events::run_resumed>(e->body)) last = e;
    return last;
}

/// A pass may end what one before it began.
bool is_of_an_effect(const event& e) {
    return type_name(e.body).starts_with("effect.");
}

bool is_result(const event& e) {
    return std::holds_alternative<events::run_result>(e.body);
}

void print(const std::vector<event>& events, run_tree& tree) {
    const auto last_pass = find_last_pass(events);
    for (auto e = events.begin(); e != events.end(); ++e)
        if (e == events.begin() || e >= last_pass || is_of_an_effect(*e)) tree.print(*e);
}

/// What is to be said of a run that was shown whole.
void print_open_ends(
    const std::string& run, const std::vector<event>& events, const run_tree& tree
) {
    tree.print_unfinished(run);
    if (std::any_of(find_last_pass(events), events.end(), is_result)) return;
    std::printf(
        "\nThe run has no result: it goes on, or it was killed; then riva resume %s goes on with "
        "it.\n",
        run.c_str()
    );
}

}  // namespace

exit_code carry_out(const show_options& options) {
    const auto run = find_run(options.run);
    if (!run) return complain(run.error());
    const auto events = read_run(*run, options.until.value_or(last_event));
    if (!events) return complain(events.error());
    if (options.json) {
        for (const auto& e : *events) std::printf("%s\n", to_json(e).c_str());
        return exit_code::verified;
    }
    run_tree tree;
    print(*events, tree);
    if (options.until == events->size())
        std::printf("\nThis is the run up to event %zu, and nothing after it.\n", events->size());
    else
        print_open_ends(*run, *events, tree);
    return exit_code::verified;
}

}  // namespace riva::cli
