#include "command_line.hpp"

#include "exit_codes.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace riva::cli {
namespace {

const std::string about = "riva runs agents that check their own work.";

const std::string exit_help =
    "Exit status: 0 verified, 1 internal error, 2 usage or configuration, 3 verification failed, 4 "
    "unverified,\n"
    "5 a limit was reached, 6 denied by policy, 7 no sandbox, 75 provider or infrastructure, 124 "
    "deadline,\n"
    "130 interrupted, 143 terminated.";

/// `--max-tokens N` and its like are `--set max_tokens=N` with a name of their own.
void add_shorthand(
    CLI::App& app,
    run_options& into,
    const std::string& flag,
    std::string key,
    const std::string& help
) {
    app.add_option_function<std::string>(
        flag,
        [&into, key](const std::string& value) { into.settings.emplace_back(key, value); },
        help
    );
}

void add_output_options(CLI::App& app, run_options& into) {
    static const std::map<std::string, when> colors = {
        {"auto", when::automatic}, {"always", when::always}, {"never", when::never}
    };
    app.add_flag("--json", into.json, "Print one JSON object per event; the last is run.result");
    app.add_flag("--quiet", into.quiet, "No progress on standard error");
    app.add_option("--color", into.color, "auto, always or never")
        ->transform(CLI::CheckedTransformer(colors));
    app.add_option(
        "-o,--output", into.output, "Write the result to a file instead of standard output"
    );
}

using names_and_values = std::vector<std::pair<std::string, std::string>>;

void add_set_option(CLI::App& app, names_and_values& into) {
    app.add_option_function<std::vector<std::string>>(
           "--set",
           [&into](const std::vector<std::string>& pairs) {
               for (const auto& pair : pairs) {
                   const auto sign = pair.find('=');
                   if (sign == std::string::npos)
                       throw CLI::ValidationError("--set", "write KEY=VALUE, not '" + pair + "'");
                   into.emplace_back(pair.substr(0, sign), pair.substr(sign + 1));
               }
           },
           "Set any setting, KEY=VALUE; repeatable"
    )
        ->take_all()
        ->allow_extra_args(false);
}

void add_model_options(CLI::App& app, run_options& into) {
    app.add_option(
        "--model",
        into.model,
        "The model of all tiers: DIALECT:MODEL[@BASE_URL], such as "
        "openai:NAME@http://127.0.0.1:8080/v1"
    );
    app.add_option("--small", into.small, "The model for simple work");
    app.add_option("--medium", into.medium, "The model for work between simple and complex");
    app.add_option("--large", into.large, "The model for complex or unknown work");
    app.add_option(
           "--fallback", into.fallbacks, "The model to ask when a provider fails; repeatable"
    )
        ->allow_extra_args(false);
    app.add_option("--ca-file", into.ca_file, "Trust the certificates in this file as well");
}

void add_limits(CLI::App& app, run_options& into) {
    app.add_option("--deadline", into.deadline, "Stop after this time, such as 90s or 10m");
    add_shorthand(app, into, "--max-usd", "max_usd", "Most money in US dollars, such as 0.50");
    add_shorthand(
        app, into, "--max-tokens", "max_tokens", "Most tokens, input and output together"
    );
    add_shorthand(app, into, "--max-steps", "max_steps", "Most steps for one intention");
    add_shorthand(app, into, "--width", "width", "Most parts of a task at work at once");
    add_shorthand(
        app, into, "--approve", "approve", "auto, ask or never: what happens to risky commands"
    );
}

void add_resume(CLI::App& app, resume_options& into) {
    app.add_option("RUN", into.id, "The run, or the beginning of its name")->required();
    add_model_options(app, into.run);
    app.add_flag("--write", into.run.write, "Apply the verified change to the repository");
    add_limits(app, into.run);
    app.add_option_function<std::string>(
        "--sandbox",
        [&into](const std::string& value) {
            if (value != "auto" && value != "off")
                throw CLI::ValidationError("--sandbox", "is auto or off");
            into.run.settings.emplace_back("sandbox", value);
        },
        "auto, or off: run commands without isolation"
    );
    add_set_option(app, into.run.settings);
    add_output_options(app, into.run);
}

void add_run(CLI::App& app, run_options& into) {
    app.add_option("TASK", into.task, "What to do; '-' reads standard input")->required();
    app.add_option("--agent", into.agent, "The agent: coder");
    app.add_option(
        "--repo", into.repository, "The repository; default: the git root of the current folder"
    );
    app.add_option("--accept", into.acceptance, "How one knows that it is done, in words");
    app.add_option("--check", into.checks, "A command that must exit with 0; repeatable")
        ->allow_extra_args(false);
    add_model_options(app, into);
    app.add_flag("--write", into.write, "Apply the verified change to the repository");
    add_shorthand(
        app,
        into,
        "--strategies",
        "strategies",
        "optimized, or baseline: everything by the large model, and all of it verified"
    );
    add_limits(app, into);
    app.add_option_function<std::string>(
        "--sandbox",
        [&into](const std::string& value) {
            if (value != "auto" && value != "off")
                throw CLI::ValidationError("--sandbox", "is auto or off");
            into.no_sandbox = value == "off";
        },
        "auto, or off: run commands without isolation"
    );
    add_set_option(app, into.settings);
    add_output_options(app, into);
}

void add_trust(CLI::App& app, trust_options& into) {
    app.add_option(
        "--repo", into.run.repository, "The repository; default: the git root of the current folder"
    );
    app.add_flag("--json", into.run.json, "One JSON object per set of checks");
    app.add_flag("--verbose", into.verbose, "The accounts that the bound comes from as well");
    add_set_option(app, into.run.settings);
}

void add_metrics(CLI::App& app, metrics_options& into) {
    app.add_option("RUN", into.runs, "The runs, or the beginnings of their names");
    app.add_option("--repo", into.repository, "Only runs on this repository");
    app.add_option("--last", into.last, "How many runs at most, the newest; default: 20")
        ->check(CLI::Range(1, 100'000));
    app.add_option(
           "--by", into.by, "Group the figures by model, pattern, repository, risk or strategies"
    )
        ->check(CLI::IsMember({"model", "pattern", "repository", "risk", "strategies"}));
    app.add_option(
           "--compare",
           into.compared,
           "Two runs, or two groups of them as KEY=VALUE: a setting, agent, outcome, repository or "
           "strategies"
    )
        ->expected(2);
    app.add_flag("--json", into.json, "One JSON object per line");
}

void add_models(CLI::App& app, models_options& into) {
    add_model_options(app, into.run);
    add_set_option(app, into.run.settings);
    app.add_flag("--probe", into.probe, "Ask each server whether it answers");
    app.add_flag("--json", into.run.json, "One JSON object per model");
}

void add_apply(CLI::App& app, apply_options& into) {
    app.add_option("RUN", into.run, "The run")->required();
    app.add_flag("--undo", into.undo, "Take the change back");
}

void add_show(CLI::App& app, show_options& into) {
    app.add_option("RUN", into.run, "The run")->required();
    app.add_option(
           "--until", into.until, "The last event to look at: what is damaged is shown up to it"
    )
        ->check(CLI::PositiveNumber)
        ->type_name("SEQ");
    app.add_flag("--json", into.json, "The events as JSON lines");
}

void add_replay(CLI::App& app, replay_options& into) {
    app.add_option("RUN", into.run, "The run")->required();
    add_set_option(app, into.settings);
    app.add_flag("--json", into.json, "The events of the replay as JSON lines");
}

void add_demo(CLI::App& app, run_options& into) {
    into.demo = true;
    add_output_options(app, into);
}

template <class Options>
void add_nothing(CLI::App&, Options&) {}

/// The commands of riva, of which one is chosen.
class command_list {
public:
    explicit command_list(CLI::App& app) : app_(app) {}

    /// `add` adds the options of the command, which it keeps until it is chosen.
    template <class Options>
    void offer(const char* name, const char* help, void (*add)(CLI::App&, Options&)) {
        auto* offered = app_.add_subcommand(name, help);
        const auto options = std::make_shared<Options>();
        add(*offered, *options);
        offered->callback([this, options] { chosen_ = *options; });
    }

    command take() { return std::move(*chosen_); }

private:
    CLI::App& app_;
    std::optional<command> chosen_;
};

void offer_work(command_list& all) {
    all.offer("run", "Run an agent on a repository", add_run);
    all.offer("demo", "The same on a sample repository, with a scripted model", add_demo);
    all.offer("resume", "Go on with a run that was killed, cancelled or out of budget", add_resume);
    all.offer("apply", "Apply a run's change to the repository", add_apply);
}

void offer_records(command_list& all) {
    all.offer("runs", "List the runs", add_nothing<runs_options>);
    all.offer("show", "Show a run: its intentions with verdicts and evidence", add_show);
    all.offer(
        "replay", "Make the decisions of a run once more from its record, and compare", add_replay
    );
    all.offer(
        "trust",
        "What is trusted in a repository, and how many failures may have escaped",
        add_trust
    );
    all.offer(
        "metrics",
        "What runs took: time, calls, cost, verification, retries; and their averages",
        add_metrics
    );
    all.offer(
        "memory", "What is remembered of a repository: decisions, patterns, corrections", add_memory
    );
}

void offer_surroundings(command_list& all) {
    all.offer("agents", "List the agents", add_nothing<agents_options>);
    all.offer("models", "List the models with providers, prices and limits", add_models);
    all.offer("doctor", "What works on this machine: sandbox, compilers, state", add_nothing<doctor_options>);
    all.offer("model-server", "A model server that answers from a script", add_model_server);
}

}  // namespace

std::variant<command, int> parse_command_line(int argc, char** argv) {
    CLI::App app(about, "riva");
    app.footer(exit_help);
    app.set_version_flag("--version", std::string("riva ") + RIVA_VERSION);
    app.require_subcommand(1);
    command_list all(app);
    offer_work(all);
    offer_records(all);
    offer_surroundings(all);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? static_cast<int>(exit_code::verified)
                                : static_cast<int>(exit_code::usage);
    }
    return all.take();
}

}  // namespace riva::cli
