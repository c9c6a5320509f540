#pragma once

#include "model_server.hpp"
#include "program.hpp"

#include <riva/runtime/event.hpp>

#include <string>
#include <vector>

namespace riva::test {

/// A task that takes a while. What the model answers depends on the question alone, so that it does
/// not matter how often it is asked.
class long_run {
public:
    enum class kind {
        parts,  ///< everything: attempts that fail, commands, parts at once, mending the whole
        small_steps,  ///< six files, none of which need be verified at once
    };

    explicit long_run(
        kind of = kind::parts,
        const std::filesystem::path& below = std::filesystem::temp_directory_path()
    );

    std::string span;  ///< stands in the command lines of its processes
    kind what;
    model_server server;
    installation i;

    /// A line of shell that starts it; `flags` are added.
    std::string start(const std::string& flags = "") const;
    /// A line of shell that goes on with it.
    std::string resume(const std::string& run, const std::string& flags = "") const;

    /// The runs in the state folder, the newest first.
    std::vector<std::string> runs() const;
    /// What the journal holds. Throws if its chain is broken.
    std::vector<event> recorded(const std::string& run) const;
};

/// What is to be taken over, as the last `workspace.diff` says; empty: nothing.
std::string diff_in(const std::vector<event>& events);

/// How many answers were asked of models, and how many were taken from the record.
struct answer_counts {
    int asked = 0;
    int repeated = 0;
};
answer_counts answers_in(const std::vector<event>& events);

}  // namespace riva::test
