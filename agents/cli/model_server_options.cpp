#include "model_server_options.hpp"

#include <CLI/CLI.hpp>

namespace riva::cli {

void add_model_server(CLI::App& app, model_server_options& into) {
    auto* script = app.add_option(
        "SCRIPT", into.script, "The script, a JSON file; without one everything is answered"
    );
    auto* suite =
        app.add_option("--suite", into.suite, "Answer the tasks of an evaluation suite instead")
            ->excludes(script);
    auto* output = app.add_option("-o,--output", into.output, "The script that --record writes");
    app.add_option("--replay", into.script, "The same as SCRIPT, for one that was recorded")
        ->excludes(script)
        ->excludes(suite);
    auto* record =
        app.add_option(
               "--record",
               into.record,
               "Pass requests on to the server at this URL, and write a script that answers as it "
               "does"
        )
            ->needs(output)
            ->excludes(script)
            ->excludes(suite);
    output->needs(record);
    app.add_option("--port", into.port, "The port; 0: any free one");
    app.add_option("--port-file", into.port_file, "Write the port to this file once it is open");
    app.add_option("--seed", into.seed, "Of every random choice");
    app.add_option("--time-scale", into.time_scale, "How long answers take; 0: no waiting")
        ->check(CLI::NonNegativeNumber);
}

}  // namespace riva::cli
