#pragma once

#include "model_server.hpp"
#include "temporary_folder.hpp"

#include <riva/runtime/event.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace riva::test {

/// How a program ended.
struct ended_program {
    int status = -1;
    std::string out;
    std::string err;

    std::vector<std::string> lines() const;  ///< of standard output
};

/// The program `riva` as a user starts it: in a repository, with a state folder and a home of its
/// own.
class installation {
public:
    explicit installation(
        const std::map<std::string, std::string>& files = {},
        const std::filesystem::path& below = std::filesystem::temp_directory_path()
    );

    temporary_folder repository;
    temporary_folder home;
    std::string program;
    std::vector<std::string> environment;  ///< beside PATH, HOME and RIVA_HOME

    ended_program riva(std::vector<std::string> arguments, std::string input = "") const;
    /// A line of shell; `$RIVA` is the program.
    ended_program shell(std::string line) const;

private:
    ended_program start(std::vector<std::string> argv, std::string input) const;
};

/// The last line of `--json` output.
events::run_result result_in(const ended_program& p);

/// A script whose model writes `m.py`, right away or after `wrong` wrong attempts.
std::string script_that_writes_add(int wrong = 0);

/// Whether commands can be isolated here.
bool have_sandbox();

}  // namespace riva::test
