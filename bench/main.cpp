#include "batch.hpp"
#include "codec.hpp"
#include "fanout.hpp"
#include "graph.hpp"
#include "risk.hpp"
#include "trust.hpp"
#include "verify.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using riva::bench::batch_plan;
using riva::bench::graph_plan;
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

}  // namespace

int main(int argc, char** argv) {
    constexpr std::size_t most_at_once = 1'000'000;
    constexpr std::size_t most = 1'000'000'000;
    CLI::App app("riva-bench measures riva.", "riva-bench");
    app.require_subcommand(1);

    std::size_t tasks = 1'000'000;
    std::size_t width = 256;
    auto* fanout =
        app.add_subcommand("fanout", "Fan out and in over trivial checks, without a network");
    fanout->add_option("--tasks", tasks, "Number of checks")
        ->check(CLI::Range(std::size_t{1}, most));
    fanout->add_option("--width", width, "Most at once")
        ->check(CLI::Range(std::size_t{1}, most_at_once));

    std::string stream_file;
    auto* codec = app.add_subcommand("codec", "Decode a streamed answer, without a network");
    codec->add_option("file", stream_file, "A recorded stream of Chat Completions")
        ->check(CLI::ExistingFile);

    bool json = false;
    risk_plan risk;
    auto* classify = app.add_subcommand("risk", "Classify commands by what they could do");
    classify->add_option("--rounds", risk.rounds, "Classifications of each command in a pass")
        ->check(CLI::Range(std::size_t{1}, most));
    classify->add_option("--passes", risk.passes, "Passes, of which the median counts")
        ->check(CLI::Range(std::size_t{1}, most_at_once));
    classify->add_flag("--json", json, "Print one line of JSON");

    graph_plan graph;
    auto* schedule =
        app.add_subcommand("graph", "Run graphs of trivial checks, and simulate random ones");
    schedule->add_option("--checks", graph.checks, "Number of trivial checks")
        ->check(CLI::Range(std::size_t{1}, most_at_once));
    schedule->add_option("--width", graph.width, "Most at once")
        ->check(CLI::Range(std::size_t{1}, most_at_once));
    schedule->add_option("--passes", graph.passes, "Passes, of which the median counts")
        ->check(CLI::Range(std::size_t{1}, most_at_once));
    schedule->add_option("--graphs", graph.graphs, "Simulated graphs of each shape")
        ->check(CLI::Range(std::size_t{1}, most_at_once));
    schedule->add_option("--seed", graph.seed, "Of the random graphs");
    schedule->add_flag("--json", json, "Print one line of JSON");

    batch_plan batch;
    auto* together = app.add_subcommand("batch", "Count the tests that batches of items take");
    together->add_option("--most", batch.most, "Most items in a batch")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1000}));
    together->add_option("--items", batch.items, "Items for each rate of failures")
        ->check(CLI::Range(std::size_t{1}, most_at_once));
    together->add_option("--seed", batch.seed, "Of the failures");
    together->add_flag("--json", json, "Print one line of JSON");

    trust_plan trust;
    auto* decide =
        app.add_subcommand("trust", "Decide what is verified and what is skipped, many times");
    decide->add_option("--decisions", trust.decisions, "Number of decisions")
        ->check(CLI::Range(std::size_t{1}, most));
    decide->add_option("--patterns", trust.patterns, "Kinds of actions")
        ->check(CLI::Range(std::size_t{1}, most));
    decide->add_option("--wrong", trust.wrong_per_1000, "Wrong actions of 1000")
        ->check(CLI::Range(std::size_t{0}, std::size_t{1000}));
    decide->add_flag("--json", json, "Print one line of JSON");

    verify_plan plan;
    auto* verify = app.add_subcommand("verify", "Ask a model server for verdicts, many at once");
    verify->add_option("--url", plan.url, "Base URL, with /v1")->required();
    verify->add_option("--calls", plan.calls, "Number of verdicts")
        ->check(CLI::Range(std::size_t{1}, most));
    verify->add_option("--concurrency", plan.concurrency, "Most at once")
        ->check(CLI::Range(std::size_t{1}, most_at_once));
    verify->add_option("--model", plan.model, "Name of the model");
    verify->add_flag("--stream", plan.stream, "Ask for streamed answers");
    verify->add_flag("--json", json, "Print one line of JSON");

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 2;
    }
    if (decide->parsed()) return print(trust, riva::bench::measure_trust(trust), json);
    if (together->parsed()) return print(batch, riva::bench::measure_batch(batch), json);
    if (schedule->parsed()) return print(graph, riva::bench::measure_graph(graph), json);
    if (classify->parsed()) return print(risk, riva::bench::measure_risk(risk), json);
    if (codec->parsed()) return run_codec(stream_file);
    return fanout->parsed() ? run_fanout(tasks, width) : run_verify(plan, json);
}
