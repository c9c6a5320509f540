#pragma once

#include <riva/runtime/action.hpp>
#include <riva/runtime/outcome.hpp>
#include <riva/runtime/verdict.hpp>

#include <optional>
#include <string>
#include <vector>

/// The intentions of a run, from their assessment to their end, and the actions taken for them.
namespace riva::events {

/// How hard an intention looks before anything was tried.
struct assessment {
    double score = 0;  ///< 0 trivial to 1 complex
    bool ambiguous = false;
    bool decompose_first = false;
    double confidence = 0;  ///< 0 to 1
    std::string reason;
    friend bool operator==(const assessment&, const assessment&) = default;
};

struct intention_started {
    std::string intention;  ///< path in the tree: `1`, `1.2`, `1.2.1`
    std::string what;
    std::string acceptance;
    int depth = 0;
    std::optional<assessment> complexity = {};  ///< nothing: it was not going to be worked on
    friend bool operator==(const intention_started&, const intention_started&) = default;
};

struct planned_child {
    std::string intention;
    std::string what;
    std::string acceptance;
    std::vector<std::string> paths;
    std::vector<std::string> needs;  ///< ids of siblings
    friend bool operator==(const planned_child&, const planned_child&) = default;
};

struct intention_decomposed {
    std::string intention;
    std::string reason;
    std::vector<planned_child> children;
    friend bool operator==(const intention_decomposed&, const intention_decomposed&) = default;
};

struct intention_ended {
    std::string intention;
    intention_status status = intention_status::failed;
    evidence_grade grade = evidence_grade::none;
    std::string reason;
    int cycles = 0;
    friend bool operator==(const intention_ended&, const intention_ended&) = default;
};

struct action_proposed {
    std::string intention;
    int cycle = 1;
    std::string thought;
    riva::action action;
    std::string expectation;
    bool done = true;
    friend bool operator==(const action_proposed&, const action_proposed&) = default;
};

struct action_gated {
    std::string intention;
    int cycle = 1;
    std::string risk;  ///< `low`, `medium`, `high`
    std::vector<std::string> factors;
    std::string decision;  ///< `run`, `denied`, `approved`
    std::string reason;
    friend bool operator==(const action_gated&, const action_gated&) = default;
};

struct action_executed {
    std::string intention;
    int cycle = 1;
    riva::outcome outcome;
    std::string error;  ///< one sentence if the action could not be carried out
    friend bool operator==(const action_executed&, const action_executed&) = default;
};

struct action_rolled_back {
    std::string intention;
    int cycle = 1;
    std::string reason;
    std::vector<std::string> files;
    friend bool operator==(const action_rolled_back&, const action_rolled_back&) = default;
};

}  // namespace riva::events
