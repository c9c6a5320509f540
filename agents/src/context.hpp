#pragma once

#include "run_context.hpp"

#include <riva/agents/complexity.hpp>
#include <riva/runtime/intention.hpp>
#include <riva/runtime/workspace.hpp>

#include <map>
#include <string>
#include <vector>

namespace riva::agents {

/// The values for the placeholders of a prompt.
using prompt_values = std::map<std::string, std::string, std::less<>>;

/// The regular files of a tree with their sizes.
asio::awaitable<repository_facts> look_around(run_context& run, const workspace& tree);

/// How hard an intention looks, by its words and the files that it names.
asio::awaitable<complexity> assess(run_context& run, const intention& it, const workspace& tree);

/// SHA-256 of those values that come of the work itself, not of files.
std::string digest_of_work(const prompt_values& values);

/// What the model sees of its task: goal, acceptance, the way from the root, project notes, the
/// files concerned (whole when small, their beginning and the lines around the words of the task
/// when large), and what was tried, with the evidence of failures. `ancestors` are the goals above,
/// root first; `note` is what happened to the parts or what a person said.
asio::awaitable<prompt_values> gather_context(
    run_context& run,
    const workspace& tree,
    const intention& it,
    std::vector<std::string> ancestors,
    std::string note
);

}  // namespace riva::agents
