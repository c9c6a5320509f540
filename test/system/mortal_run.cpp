#include "mortal_run.hpp"

#include "catch.hpp"
#include "recorded_runs.hpp"

#include <cstdio>
#include <set>
#include <utility>

namespace riva::test {
namespace {

std::string quoted(const std::vector<std::string>& words) {
    std::string line = "$RIVA";
    for (const auto& word : words) line += " '" + word + "'";
    return line;
}

/// What was said was recorded, unless it is of no record.
void check_acknowledged(const mortal_run& r, const std::vector<event>& recorded) {
    std::set<std::string> known;
    for (const auto& e : recorded) known.insert(to_json(e));
    for (const auto& line : r.said()) {
        const auto e = event_from_json(line);
        if (!e || e->run.empty() || std::holds_alternative<events::model_delta>(e->body)) continue;
        INFO(line);
        CHECK(known.contains(line));
    }
}

}  // namespace

mortal_run::mortal_run(const crash_script& script, const model_server& server, std::string program)
    : i(script.files, folder_in_memory()), script_(script), server_(server) {
    i.program = std::move(program);
}

std::vector<std::string> mortal_run::first_command() const {
    std::vector<std::string> command{
        "run", "--write", "--json", "--sandbox", "off", "--model", server_.spec()
    };
    command.insert(command.end(), script_.flags.begin(), script_.flags.end());
    return command;
}

ended_program mortal_run::start(const std::string& variable) {
    return riva(first_command(), variable);
}

ended_program mortal_run::start_and_kill(std::chrono::milliseconds after) {
    const auto runs = runs_in(i);
    const auto line = quoted(
        runs.empty() ? first_command() : std::vector<std::string>{"resume", runs.front(), "--json"}
    );
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%.3f", static_cast<double>(after.count()) / 1000);
    return hear(i.shell(
        line + " > $HOME/out & pid=$!; (sleep " + seconds +
        "; kill -KILL $pid) 2> /dev/null & killer=$!; wait $pid; status=$?; kill $killer 2> "
        "/dev/null; cat $HOME/out; exit $status"
    ));
}

void mortal_run::go_on(const std::string& variable, bool apply_first) {
    if (runs_in(i).empty()) {
        CHECK(start().status == 0);
        return;
    }
    const std::string id = runs_in(i).front();
    riva({"resume", id, "--json"}, variable);
    if (apply_first) riva({"apply", id});
    auto ended = riva({"resume", id, "--json"});
    // What was applied before the run was over is not to be done again by it.
    if (ended.err.find("--undo") != std::string::npos) {
        CHECK(riva({"apply", id, "--undo"}).status == 0);
        ended = riva({"resume", id, "--json"});
    }
    INFO(ended.out << ended.err);
    CHECK((ended.status == 0 || ended.err.find("has ended, verified") != std::string::npos));
}

std::map<std::string, std::string> mortal_run::files() const {
    return tree_of(i.repository.path());
}

std::vector<event> mortal_run::recorded() const {
    return recorded_in(i, runs_in(i).front());
}

ended_program mortal_run::riva(std::vector<std::string> arguments, const std::string& variable) {
    i.environment.clear();
    if (!variable.empty()) i.environment.push_back(variable);
    return hear(i.riva(std::move(arguments)));
}

ended_program mortal_run::hear(ended_program ended) {
    for (auto& line : ended.lines())
        if (line.starts_with("{\"v\":1") && line.ends_with("}")) said_.push_back(line);
    return ended;
}

void check_end(const mortal_run& r, const std::map<std::string, std::string>& expected) {
    const auto recorded = r.recorded();
    check_acknowledged(r, recorded);
    CHECK(r.files() == expected);
    std::map<std::string, std::string> kinds;
    std::map<std::string, int> applied;
    std::vector<std::string> outcomes;
    for (const auto& e : recorded) {
        if (const auto* will = std::get_if<events::effect_prepared>(&e.body))
            kinds[will->effect] = will->kind;
        if (const auto* done = std::get_if<events::effect_applied>(&e.body))
            ++applied[kinds[done->effect]];
        if (const auto* end = std::get_if<events::run_result>(&e.body))
            outcomes.push_back(end->outcome);
    }
    CHECK(outcomes == std::vector<std::string>{"verified"});
    CHECK(applied["apply"] == 1 + applied["undo"]);
}

}  // namespace riva::test
