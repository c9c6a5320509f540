#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace CLI {
class App;
}

namespace riva::cli {

/// What `riva model-server` was asked for.
struct model_server_options {
    std::filesystem::path script;
    std::filesystem::path suite;
    std::string record;            ///< the URL of the real server; empty: answer from a script
    std::filesystem::path output;  ///< the script that is recorded
    std::uint16_t port = 0;
    std::filesystem::path port_file;
    std::uint64_t seed = 1;
    double time_scale = 1.0;
};

/// Adds the options of the command `model-server`.
void add_model_server(CLI::App& app, model_server_options& into);

}  // namespace riva::cli
