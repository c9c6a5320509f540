#include "commands.hpp"
#include "configuration.hpp"
#include "reading.hpp"
#include "supervision.hpp"

#include <map>
#include <string>

namespace riva::cli {
namespace {

using names_and_values = std::map<std::string, std::string>;

/// What the flags say, by the names of the settings of a run.
names_and_values changes_of(const run_options& options) {
    names_and_values changes;
    const auto add = [&](const std::string& key, const std::string& value) {
        if (!value.empty()) changes[key] = value;
    };
    for (const auto& [key, value] : options.settings) add(key, value);
    add("model", options.model);
    add("models.small", options.small);
    add("models.medium", options.medium);
    add("models.large", options.large);
    for (std::size_t i = 0; i < options.fallbacks.size(); ++i)
        add("models.fallback." + std::to_string(i + 1), options.fallbacks[i]);
    return changes;
}

/// What the last pass over a run was set to.
struct last_pass {
    names_and_values settings;
    bool write = false;
};

last_pass find_last_pass(const std::vector<event>& recorded) {
    last_pass last;
    for (const auto& e : recorded) {
        if (const auto* started = std::get_if<events::run_started>(&e.body))
            last = {started->settings, started->write};
        if (const auto* again = std::get_if<events::run_resumed>(&e.body))
            last = {again->settings, again->write};
    }
    return last;
}

}  // namespace

exit_code carry_out(const resume_options& given) {
    run_options options = given.run;
    const auto id = find_run(given.id);
    if (!id) return report_no_start(options, id.error());
    const auto recorded = read_run(*id);
    if (!recorded) return report_no_start(options, recorded.error());
    const last_pass last = find_last_pass(*recorded);
    agents::resumption what{*id, changes_of(options), options.write};
    options.write |= last.write;
    const auto settings = configure_again(options, last.settings, what.changes);
    if (!settings) return report_no_start(options, settings.error());
    const auto by = make_deadline(options.deadline);
    if (!by) return report_no_start(options, by.error());
    return supervise(options, *settings, [&](supervised_engine& with) {
        with.engine.async_resume(std::move(what), with.watcher, *by, with.handler());
    });
}

}  // namespace riva::cli
