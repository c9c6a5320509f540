#pragma once

#include "crash_script.hpp"
#include "model_server.hpp"
#include "program.hpp"

#include <riva/runtime/event.hpp>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace riva::test {

/// A script at work, in a repository and a state folder of its own, which may die and goes on.
class mortal_run {
public:
    mortal_run(const crash_script& script, const model_server& server, std::string program);

    installation i;

    /// With this variable of the environment as well.
    ended_program start(const std::string& variable = "");
    /// Starts it, or goes on with it, and kills it then, unless it has ended.
    ended_program start_and_kill(std::chrono::milliseconds after);
    /// Goes on until the run has ended, dying once more on the way where the variable says so.
    void go_on(const std::string& variable, bool apply_first);

    std::map<std::string, std::string> files() const;
    std::vector<event> recorded() const;
    /// What it has said so far, each of which was recorded before.
    const std::vector<std::string>& said() const { return said_; }

private:
    std::vector<std::string> first_command() const;
    ended_program riva(std::vector<std::string> arguments, const std::string& variable = "");
    ended_program hear(ended_program ended);

    const crash_script& script_;
    const model_server& server_;
    std::vector<std::string> said_;
};

/// Checks that nothing was lost that it said, that its change was applied once, and that the tree
/// is as it should be.
void check_end(const mortal_run& r, const std::map<std::string, std::string>& expected);

}  // namespace riva::test
