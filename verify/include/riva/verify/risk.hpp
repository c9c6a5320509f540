#pragma once

#include <riva/runtime/action.hpp>
#include <riva/runtime/verdict.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace riva::verify {

enum class risk_level { low, medium, high };

/// What an action could do, and what follows for its verification.
struct risk {
    risk_level level = risk_level::high;
    std::vector<std::string>
        factors;  ///< why, such as `deletes_recursively`, `network`, `privilege`
    std::vector<layer> layers;         ///< to verify
    bool may_batch = false;
    bool may_skip = false;  ///< without a certificate; with one, medium risk may be as well
};

/// Classifies an action before it happens. Command lines are parsed as a shell would; what is
/// unknown or too complex to follow is high. Pure; linear in the size of the action.
risk assess_risk(const action& a);

/// The command lines that a shell would run for `line`, one argument vector each, in order:
/// pipelines, lists, substitutions and wrappers (`env`, `sudo`, `xargs`, `sh -c`, `find -exec`,
/// ...) taken apart.
struct shell_analysis {
    std::vector<std::vector<std::string>> commands;
    std::vector<std::string> written;  ///< targets of output redirections
    bool dynamic = false;              ///< a program name or a target is only known when it runs
    bool too_complex = false;          ///< over the parser's budget, or not valid shell
};

shell_analysis analyse_shell(std::string_view line);

std::string_view to_string(risk_level level);

}  // namespace riva::verify
