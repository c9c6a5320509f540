#pragma once

#include "command_line.hpp"

#include <riva/runtime/event.hpp>
#include <riva/runtime/observer.hpp>

#include <cstdio>
#include <memory>
#include <string>

namespace riva::cli {

/// Prints each event as one line of JSON on standard output.
std::unique_ptr<observer> make_json_lines();

/// Tells on standard error what happens: on a terminal with one live line for each running check,
/// otherwise one line for each event that a person wants to know of.
std::unique_ptr<observer> make_progress(when color);

/// What model calls cost, as far as that is known.
std::string money(const events::usage& usage);

/// Whether to use colours on a stream: as asked, else on a terminal without `NO_COLOR`.
bool use_color(when asked, std::FILE* stream);

}  // namespace riva::cli
