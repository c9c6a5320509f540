#pragma once

#include "command_line.hpp"

#include <riva/agents/settings.hpp>
#include <riva/runtime/error.hpp>

#include <filesystem>
#include <map>
#include <string>

namespace riva::cli {

/// The settings of a run. Flags win over `RIVA_*` variables, these over `riva.toml` of the
/// repository (which may only narrow), that over `config.toml` of the user, that over the defaults.
/// Errors: one sentence with file:line:column, the variable or the flag.
result<agents::settings> configure(
    const run_options& options, const std::filesystem::path& repository
);

/// The settings of a run that goes on: those that were recorded for it, but for `changes` (see
/// `agents::restore`), with the keys and proxies of today. Of `options` only the file of
/// certificates counts. Errors: as `configure`.
result<agents::settings> configure_again(
    const run_options& options,
    const std::map<std::string, std::string>& recorded,
    const std::map<std::string, std::string>& changes
);

/// Settings for commands that start no run: only the state folder matters.
agents::settings stored_settings();

/// `RIVA_HOME`, or `$XDG_STATE_HOME/riva`, or `~/.local/state/riva`.
std::filesystem::path state_folder();

/// The nearest folder upwards that holds `.git`; the folder itself if there is none.
std::filesystem::path git_root(std::filesystem::path folder);

}  // namespace riva::cli
