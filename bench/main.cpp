#include "fanout.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

int main(int argc, char** argv) {
    CLI::App app("riva-bench measures riva.", "riva-bench");
    app.require_subcommand(1);
    std::size_t tasks = 1'000'000;
    std::size_t width = 256;
    auto* fanout =
        app.add_subcommand("fanout", "Fan out and in over trivial checks, without a network");
    fanout->add_option("--tasks", tasks, "Number of checks")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000'000}));
    fanout->add_option("--width", width, "Most at once")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 2;
    }
    const auto figures = riva::bench::measure_fanout(tasks, width);
    std::printf("tasks %zu  width %zu  passed %zu\n", tasks, width, figures.passed);
    std::printf("cpu   %.0f ns per task\n", figures.ns_per_task);
    std::printf("wall  %.0f ns per task\n", figures.wall_ns_per_task);
    std::printf(
        "floor %.0f ns per task (posted handlers, no coroutines)\n", figures.floor_ns_per_task
    );
}
