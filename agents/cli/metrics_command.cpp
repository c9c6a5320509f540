#include "commands.hpp"
#include "metrics_groups.hpp"
#include "metrics_json.hpp"
#include "metrics_patterns.hpp"
#include "metrics_text.hpp"
#include "reading.hpp"
#include "terminal_text.hpp"

#include <riva/agents/metrics.hpp>
#include <riva/memory/error.hpp>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace riva::cli {
namespace {

using all_metrics = std::vector<agents::run_metrics>;

/// The names of the runs, newest first, that the options let through.
result<std::vector<std::string>> choose_runs(journal& record, const metrics_options& options) {
    result<std::vector<run_summary>> all;
    // The object lives until its coroutine has ended.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    run_to_end([&]() -> asio::awaitable<void> { all = co_await record.runs(); });
    if (!all) return all.error();
    std::error_code failed;
    const auto only = std::filesystem::weakly_canonical(options.repository, failed).string();
    std::vector<std::string> chosen;
    for (const auto& run : *all) {
        if (chosen.size() == options.last) break;
        if (options.repository.empty() || run.repository == only) chosen.push_back(run.id);
    }
    return chosen;
}

result<agents::run_metrics> measure_run(journal& record, const std::string& id) {
    result<std::vector<event>> events;
    // The object lives until its coroutine has ended.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    run_to_end([&]() -> asio::awaitable<void> { events = co_await record.read(id); });
    if (!events) return events.error();
    return agents::measure(*events);
}

/// A run that cannot be read is named, and left out.
result<all_metrics> measure_last(const metrics_options& options) {
    const auto record = open_journal();
    if (!record) return record.error();
    const auto chosen = choose_runs(**record, options);
    if (!chosen) return chosen.error();
    all_metrics all;
    for (const auto& id : *chosen) {
        auto run = measure_run(**record, id);
        if (run)
            all.push_back(std::move(*run));
        else
            std::fprintf(
                stderr, "riva: %s It is left out.\n", printable(run.error().context).c_str()
            );
    }
    return all;
}

result<all_metrics> measure_named(const std::vector<std::string>& names) {
    all_metrics all;
    for (const auto& name : names) {
        const auto id = find_run(name);
        if (!id) return id.error();
        const auto events = read_run(*id);
        if (!events) return events.error();
        all.push_back(agents::measure(*events));
    }
    return all;
}

/// The runs that a word of `--compare` stands for. `known` are the last ones.
result<all_metrics> find_compared(const std::string& word, const all_metrics& known) {
    const auto filter = parse_filter(word);
    if (!filter) return measure_named({word});
    all_metrics found;
    for (const auto& run : known)
        if (filter->matches(run)) found.push_back(run);
    if (found.empty())
        return error{
            memory::errc::unknown_run,
            "None of the last " + std::to_string(known.size()) + " runs has " + word +
                "; riva show RUN --json tells the settings of a run, --last N looks at more of "
                "them."
        };
    return found;
}

result<comparison> compare(const metrics_options& options) {
    comparison c{options.compared[0], options.compared[1], {}, {}};
    all_metrics known;
    if (parse_filter(c.a_name) || parse_filter(c.b_name)) {
        auto last = measure_last(options);
        if (!last) return last.error();
        known = std::move(*last);
    }
    auto a = find_compared(c.a_name, known);
    if (!a) return a.error();
    auto b = find_compared(c.b_name, known);
    if (!b) return b.error();
    c.a = std::move(*a);
    c.b = std::move(*b);
    return c;
}

void print_json(const metrics_options& options, const all_metrics& runs) {
    if (options.by == "model") return print_models_json(runs);
    if (options.by == "risk") return print_risks_json(runs);
    if (!options.by.empty()) {
        for (const auto& [name, group] : group_by(runs, options.by))
            print_average_json(options.by, name, group);
        return;
    }
    for (const auto& run : runs) print_run_json(run);
    if (options.runs.size() != 1) print_average_json("of", "all", runs);
}

void print_text(const metrics_options& options, const all_metrics& runs) {
    if (options.by == "model") return print_models(runs);
    if (options.by == "risk") return print_risks(runs);
    if (!options.by.empty()) return print_groups(options.by, group_by(runs, options.by));
    if (options.runs.size() == 1) return print_run(runs.front());
    print_runs(runs);
}

exit_code carry_out_comparison(const metrics_options& options) {
    const auto compared = compare(options);
    if (!compared) return complain(compared.error());
    options.json ? print_comparison_json(*compared) : print_comparison(*compared);
    return exit_code::verified;
}

exit_code say_nothing_is_there(const std::string& why) {
    std::fprintf(stderr, "riva: %s\n", printable(why).c_str());
    return exit_code::verified;
}

}  // namespace

exit_code carry_out(const metrics_options& options) {
    if (options.by == "pattern") return print_patterns(options);
    if (!options.compared.empty()) return carry_out_comparison(options);
    const auto runs = options.runs.empty() ? measure_last(options) : measure_named(options.runs);
    const bool nothing_recorded = !runs && runs.error().code == memory::errc::unknown_run;
    if (options.runs.empty() && nothing_recorded) return say_nothing_is_there(runs.error().context);
    if (!runs) return complain(runs.error());
    if (runs->empty()) return say_nothing_is_there("There is no run to measure.");
    options.json ? print_json(options, *runs) : print_text(options, *runs);
    return exit_code::verified;
}

}  // namespace riva::cli
