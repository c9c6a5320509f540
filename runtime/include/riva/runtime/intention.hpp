#pragma once

#include <riva/runtime/action.hpp>
#include <riva/runtime/outcome.hpp>
#include <riva/runtime/verdict.hpp>

#include <string>
#include <vector>

namespace riva {

/// One attempt at an intention.
struct cycle {
    std::string thought;
    riva::action action;
    riva::outcome outcome;
    std::string error;  ///< why the action was refused or could not be carried out; empty if it ran
    std::vector<evidence> found;
    riva::judgment judgment = riva::judgment::unclear;
    std::string reflection;
    bool kept = false;  ///< the change stays in the workspace
    bool denied = false;  ///< policy or a person refused the action

    friend bool operator==(const cycle&, const cycle&) = default;
};

/// A goal, how we know that it is reached, what was tried, and its parts.
struct intention {
    std::string id = "1";  ///< path in the tree: `1`, `1.2`, `1.2.1`
    std::string what;
    std::string acceptance;
    std::string check;  ///< shell line proposed for a part by the one who planned it; may be empty
    std::vector<std::string> paths;  ///< files the part is expected to touch
    std::vector<std::string> needs;  ///< ids of siblings that come first
    intention_status status = intention_status::active;
    evidence_grade grade = evidence_grade::none;
    std::string reason;  ///< why it ended as it did
    std::vector<cycle> trace;
    std::vector<intention> children;

    friend bool operator==(const intention&, const intention&) = default;
};

}  // namespace riva
