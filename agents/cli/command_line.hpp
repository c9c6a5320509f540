#pragma once

#include "memory_options.hpp"
#include "model_server_options.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace riva::cli {

enum class when { automatic, always, never };

/// What `riva run` and `riva demo` were asked for.
struct run_options {
    std::string task;  ///< `-`: standard input
    std::string agent = "coder";
    std::filesystem::path repository;  ///< empty: the git root of the current folder
    std::string acceptance;
    std::vector<std::string> checks;
    std::string model;
    std::string small, medium, large;     ///< models of single tiers
    std::vector<std::string> fallbacks;   ///< empty: as configured
    std::vector<std::pair<std::string, std::string>>
        settings;  ///< `--set KEY=VALUE` and its shorthands
    std::string deadline;
    std::string ca_file;
    bool write = false;
    bool json = false;
    bool quiet = false;
    bool no_sandbox = false;
    bool demo = false;
    when color = when::automatic;
    std::filesystem::path output;  ///< empty: standard output
};

/// What `riva resume` was asked for. Of `run` only what may change between passes counts.
struct resume_options {
    std::string id;  ///< of the run, or its beginning
    run_options run;
};

struct apply_options {
    std::string run;
    bool undo = false;
};

struct show_options {
    std::string run;
    std::optional<std::uint64_t> until;  ///< the last event that is looked at
    bool json = false;
};

/// What `riva replay` was asked for.
struct replay_options {
    std::string run;
    std::vector<std::pair<std::string, std::string>> settings;  ///< that are to differ
    bool json = false;
};

struct runs_options {};

struct agents_options {};

/// What `riva models` was asked for. Of `run` only the models and settings count.
struct models_options {
    run_options run;
    bool probe = false;
};

/// What `riva trust` was asked for. Of `run` only the repository, the settings and `json` count.
struct trust_options {
    run_options run;
    bool verbose = false;
};

/// What `riva metrics` was asked for.
struct metrics_options {
    std::vector<std::string> runs;         ///< or their beginnings; empty: the last ones
    std::filesystem::path repository;      ///< empty: all
    std::size_t last = 20;                 ///< runs at most that are looked at
    std::string by;                        ///< empty, or what the figures are grouped by
    std::vector<std::string> compared;     ///< none or two: a run, or KEY=VALUE
    bool json = false;
};

struct doctor_options {};

using command = std::variant<
    run_options,
    resume_options,
    apply_options,
    show_options,
    replay_options,
    runs_options,
    agents_options,
    models_options,
    trust_options,
    metrics_options,
    memory_options,
    doctor_options,
    model_server_options>;

/// A command to carry out, or the exit status if there is none: after `--help`, `--version` and
/// mistakes, which have been printed.
std::variant<command, int> parse_command_line(int argc, char** argv);

}  // namespace riva::cli
