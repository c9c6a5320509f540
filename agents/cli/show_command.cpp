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

}  // namespace

exit_code carry_out(const show_options& options) {
    const auto run = find_run(options.run);
    if (!run) return complain(run.error());
    const auto events = read_run(*run);
    if (!events) return complain(events.error());
    run_tree tree;
    const auto last_pass = find_last_pass(*events);
    for (auto e = events->begin(); e != events->end(); ++e) {
        if (options.json)
            std::printf("%s\n", to_json(*e).c_str());
        else if (e == events->begin() || e >= last_pass || is_of_an_effect(*e))
            tree.print(*e);
    }
    if (options.json) return exit_code::verified;
    tree.print_unfinished(*run);
    if (std::none_of(last_pass, events->end(), is_result))
        std::printf(
            "\nThe run has no result: it goes on, or it was killed; then riva resume %s goes on "
            "with "
            "it.\n",
            run->c_str()
        );
    return exit_code::verified;
}

}  // namespace riva::cli
