#include "batch.hpp"
#include "codec.hpp"
#include "fanout.hpp"
#include "graph.hpp"
#include "memory.hpp"
#include "risk.hpp"
#include "trust.hpp"
#include "verify.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>

namespace {

using riva::bench::batch_plan;
using riva::bench::graph_plan;
using riva::bench::memory_plan;
using riva::bench::risk_plan;
using riva::bench::trust_plan;
using riva::bench::verify_plan;

int run_fanout(std::size_t tasks, std::size_t width) {
    const auto figures = riva::bench::measure_fanout(tasks, width);
    std::printf("tasks %zu  width %zu  passed %zu\n", tasks, width, figures.passed);
    std::printf("cpu   %.0f ns per task\n", figures.ns_per_task);
    std::printf("wall  %.0f ns per task\n", figures.wall_ns_per_task);
    std::printf(
        "floor %.0f ns per task (posted handlers, no coroutines)\n", figures.floor_ns_per_task
    );
    return 0;
}

/// `file` holds a streamed answer of Chat Completions; empty: one that is made up.
int run_codec(const std::string& file) {
    std::string stream = riva::bench::usual_stream();
    if (!file.empty()) {
        std::ifstream in(file, std::ios::binary);
        stream.assign(std::istreambuf_iterator<char>(in), {});
    }
    const auto figures = riva::bench::measure_codec(stream);
    if (!figures) {
        std::fprintf(stderr, "riva-bench: %s\n", figures.error().context.c_str());
        return 2;
    }
    std::fputs(riva::bench::to_table(*figures).c_str(), stdout);
    return 0;
}

template <class Plan, class Figures>
int print(const Plan& plan, const Figures& figures, bool json) {
    const std::string text =
        json ? riva::bench::to_json(plan, figures) : riva::bench::to_table(plan, figures);
    std::fputs(text.c_str(), stdout);
    return 0;
}

/// 75 when there was an error: the server is not there, or answers something else.
int run_verify(const verify_plan& plan, bool json) {
    const auto figures = riva::bench::measure_verify(plan);
    if (!figures) {
        std::fprintf(stderr, "riva-bench: %s\n", figures.error().context.c_str());
        return 2;
    }
    print(plan, *figures, json);
    if (figures->errors == 0) return 0;
    std::fprintf(stderr, "riva-bench: %s\n", figures->first_error.c_str());
    return 75;
}

/// 75 when the disk or the database refused.
int run_memory(const memory_plan& plan, bool json) {
    const auto figures = riva::bench::measure_memory(plan);
    if (figures) return print(plan, *figures, json);
    std::fprintf(stderr, "riva-bench: %s\n", figures.error().context.c_str());
    return 75;
}

constexpr std::size_t most_at_once = 1'000'000;
constexpr std::size_t most = 1'000'000'000;

const auto up_to = [](std::size_t limit) { return CLI::Range(std::size_t{1}, limit); };

/// What the command line asks for.
using work = std::function<int()>;

void offer_fanout(CLI::App& app, work& chosen) {
    struct options {
        std::size_t tasks = 1'000'000;
        std::size_t width = 256;
    };
    const auto given = std::make_shared<options>();
    auto* command =
        app.add_subcommand("fanout", "Fan out and in over trivial checks, without a network");
    command->add_option("--tasks", given->tasks, "Number of checks")->check(up_to(most));
    command->add_option("--width", given->width, "Most at once")->check(up_to(most_at_once));
    command->callback([&chosen, given] {
        chosen = [given] { return run_fanout(given->tasks, given->width); };
    });
}

void offer_codec(CLI::App& app, work& chosen) {
    const auto file = std::make_shared<std::string>();
    auto* command = app.add_subcommand("codec", "Decode a streamed answer, without a network");
    command->add_option("file", *file, "A recorded stream of Chat Completions")
        ->check(CLI::ExistingFile);
    command->callback([&chosen, file] { chosen = [file] { return run_codec(*file); }; });
}

/// A plan with the flag that all plans have.
template <class Plan>
struct planned {
    Plan plan;
    bool json = false;
};

template <class Plan, class Measure>
void offer(CLI::App* command, std::shared_ptr<planned<Plan>> given, work& chosen, Measure measure) {
    command->add_flag("--json", given->json, "Print one line of JSON");
    command->callback([&chosen, given, measure] {
        chosen = [given, measure] { return print(given->plan, measure(given->plan), given->json); };
    });
}

void offer_risk(CLI::App& app, work& chosen) {
    const auto given = std::make_shared<planned<risk_plan>>();
    auto* command = app.add_subcommand("risk", "Classify commands by what they could do");
    command->add_option("--rounds", given->plan.rounds, "Classifications of each command in a pass")
        ->check(up_to(most));
    command->add_option("--passes", given->plan.passes, "Passes, of which the median counts")
        ->check(up_to(most_at_once));
    offer(command, given, chosen, riva::bench::measure_risk);
}

void offer_graph(CLI::App& app, work& chosen) {
    const auto given = std::make_shared<planned<graph_plan>>();
    graph_plan& plan = given->plan;
    auto* command =
        app.add_subcommand("graph", "Run graphs of trivial checks, and simulate random ones");
    command->add_option("--checks", plan.checks, "Number of trivial checks")
        ->check(up_to(most_at_once));
    command->add_option("--width", plan.width, "Most at once")->check(up_to(most_at_once));
    command->add_option("--passes", plan.passes, "Passes, of which the median counts")
        ->check(up_to(most_at_once));
    command->add_option("--graphs", plan.graphs, "Simulated graphs of each shape")
        ->check(up_to(most_at_once));
    command->add_option("--seed", plan.seed, "Of the random graphs");
    offer(command, given, chosen, riva::bench::measure_graph);
}

void offer_batch(CLI::App& app, work& chosen) {
    const auto given = std::make_shared<planned<batch_plan>>();
    auto* command = app.add_subcommand("batch", "Count the tests that batches of items take");
    command->add_option("--most", given->plan.most, "Most items in a batch")->check(up_to(1000));
    command->add_option("--items", given->plan.items, "Items for each rate of failures")
        ->check(up_to(most_at_once));
    command->add_option("--seed", given->plan.seed, "Of the failures");
    offer(command, given, chosen, riva::bench::measure_batch);
}

void offer_trust(CLI::App& app, work& chosen) {
    const auto given = std::make_shared<planned<trust_plan>>();
    auto* command =
        app.add_subcommand("trust", "Decide what is verified and what is skipped, many times");
    command->add_option("--decisions", given->plan.decisions, "Number of decisions")
        ->check(up_to(most));
    command->add_option("--patterns", given->plan.patterns, "Kinds of actions")->check(up_to(most));
    command->add_option("--wrong", given->plan.wrong_per_1000, "Wrong actions of 1000")
        ->check(CLI::Range(std::size_t{0}, std::size_t{1000}));
    offer(command, given, chosen, riva::bench::measure_trust);
}

void offer_memory(CLI::App& app, work& chosen) {
    const auto given = std::make_shared<planned<memory_plan>>();
    memory_plan& plan = given->plan;
    plan.folder = std::filesystem::temp_directory_path();
    auto* command = app.add_subcommand(
        "memory", "Write and read the journal of runs on a disk, and what it remembers"
    );
    command->add_option("--folder", plan.folder, "Where, on the disk to be measured")
        ->check(CLI::ExistingDirectory);
    command->add_option("--events", plan.events, "Events in each pass")->check(up_to(most));
    command->add_option("--in-flight", plan.in_flight, "Most that wait for the disk at once")
        ->check(up_to(most_at_once));
    command->add_option("--passes", plan.passes, "Passes, of which the median counts")
        ->check(up_to(most_at_once));
    command->add_option("--read", plan.read, "Events of the run that is read")->check(up_to(most));
    command->add_option("--patterns", plan.patterns, "Patterns to look up")->check(up_to(most));
    command->add_option("--entries", plan.entries, "Entries of project memory")->check(up_to(most));
    command->add_flag("--json", given->json, "Print one line of JSON");
    command->callback([&chosen, given] {
        chosen = [given] { return run_memory(given->plan, given->json); };
    });
}

void offer_verify(CLI::App& app, work& chosen) {
    const auto given = std::make_shared<planned<verify_plan>>();
    verify_plan& plan = given->plan;
    auto* command = app.add_subcommand("verify", "Ask a model server for verdicts, many at once");
    command->add_option("--url", plan.url, "Base URL, with /v1")->required();
    command->add_option("--calls", plan.calls, "Number of verdicts")->check(up_to(most));
    command->add_option("--concurrency", plan.concurrency, "Most at once")
        ->check(up_to(most_at_once));
    command->add_option("--model", plan.model, "Name of the model");
    command->add_flag("--stream", plan.stream, "Ask for streamed answers");
    command->add_flag("--json", given->json, "Print one line of JSON");
    command->callback([&chosen, given] {
        chosen = [given] { return run_verify(given->plan, given->json); };
    });
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("riva-bench measures riva.", "riva-bench");
    app.require_subcommand(1);
    work chosen;
    for (const auto offer_one :
         {offer_fanout,
          offer_codec,
          offer_risk,
          offer_graph,
          offer_batch,
          offer_trust,
          offer_memory,
          offer_verify})
        offer_one(app, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 2;
    }
    return chosen();
}
