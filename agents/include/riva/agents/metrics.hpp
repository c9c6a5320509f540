#pragma once

#include <riva/runtime/event.hpp>
#include <riva/runtime/verdict.hpp>

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// What runs took, counted from their events and from nothing else. docs/metrics.md says what each
/// figure means.
namespace riva::agents {

/// What calls of models came to.
struct call_figures {
    std::int64_t calls = 0;
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    std::int64_t micro_usd = 0;
    std::int64_t unpriced_calls = 0;  ///< whose cost is unknown, and not in `micro_usd`
    std::chrono::milliseconds duration{0};

    call_figures& operator+=(const call_figures& more);
    friend bool operator==(const call_figures&, const call_figures&) = default;
};

struct call_kind {
    std::string tier;
    std::string model;
    std::string purpose;  ///< the schema of the answer, such as `riva_action`

    friend auto operator<=>(const call_kind&, const call_kind&) = default;
};

/// What was decided about changes of one risk, and what came of it.
struct decision_figures {
    std::int64_t verified = 0;   ///< by a rule or by the coin, at once or later
    std::int64_t deferred = 0;   ///< of those: with a later batch
    std::int64_t audited = 0;    ///< of those: by the coin
    std::int64_t batched = 0;    ///< looked at together with others
    std::int64_t failed = 0;     ///< of the verified
    std::int64_t caught = 0;     ///< of the audited: failed
    std::int64_t skippable = 0;  ///< low risk, verified by a rule without need, and passed
    std::int64_t skipped = 0;
    std::int64_t escaped = 0;  ///< of the skipped: known to be wrong

    decision_figures& operator+=(const decision_figures& more);
    friend bool operator==(const decision_figures&, const decision_figures&) = default;
};

/// Checks of one layer that were run.
struct check_figures {
    std::int64_t performed = 0;
    std::int64_t failed = 0;
    std::int64_t infra_errors = 0;

    check_figures& operator+=(const check_figures& more);
    friend bool operator==(const check_figures&, const check_figures&) = default;
};

/// What work came to, of one intention or of all of a run. What a later pass of a resumed run did
/// again is counted once; calls and times are what they really were, over all passes.
struct work_figures {
    std::chrono::milliseconds verification{0
    };  ///< of all checks, added up though they may run at once
    std::chrono::milliseconds execution{0};     ///< of actions
    std::map<call_kind, call_figures> calls;
    std::map<std::string, decision_figures> decisions;  ///< by risk
    std::map<std::string, check_figures> checks;        ///< by layer
    std::int64_t cycles = 0;
    std::int64_t retries = 0;  ///< cycles after one that failed
    std::int64_t decompositions = 0;
    std::int64_t skippable_decompositions = 0;  ///< of what had looked simple
    std::int64_t canaries = 0;
    std::int64_t canaries_caught = 0;

    call_figures all_calls() const;
    decision_figures all_decisions() const;
    check_figures all_checks() const;

    work_figures& operator+=(const work_figures& more);
    friend bool operator==(const work_figures&, const work_figures&) = default;
};

struct intention_metrics {
    std::string intention;
    std::string what;
    int depth = 0;
    int attempts = 0;  ///< starts in one pass: 2 if its change did not fit the tree at first
    intention_status status = intention_status::active;
    evidence_grade grade = evidence_grade::none;
    std::optional<double> complexity;
    work_figures work;

    bool simple() const { return complexity && *complexity < 0.3; }
    friend bool operator==(const intention_metrics&, const intention_metrics&) = default;
};

struct run_metrics {
    std::string run;
    std::chrono::sys_time<std::chrono::milliseconds> started;
    std::string task;
    std::string repository;
    std::string agent;
    std::map<std::string, std::string> settings;  ///< of the last pass
    std::string outcome;  ///< of the last pass; empty: it has no result
    evidence_grade grade = evidence_grade::none;
    std::string quality;       ///< `basic` or `enhanced`; empty without a result
    std::string quality_tier;  ///< `llm_success`, `model_fallback`, `heuristic_fallback`, `unknown`
    int passes = 0;
    std::chrono::milliseconds total{0};  ///< on the clock, all passes
    std::int64_t depth = 0;
    /// Whether the root was verified, and none of its cycles had failed. Nothing while there is no
    /// result of the work; so also `first_try`.
    std::optional<bool> first_attempt;
    std::optional<bool> first_try;  ///< the first result that the user was given was right
    work_figures work;  ///< of all intentions
    std::vector<intention_metrics> intentions;  ///< in the order of their first start

    friend bool operator==(const run_metrics&, const run_metrics&) = default;
};

/// Counts the events of one run, in their order. Whatever the events are, it counts what they say.
/// Pure; linear in their number, but for a logarithm.
run_metrics measure(std::span<const event> of_run);

/// One number about a run, or about several.
struct figure {
    std::string name;
    std::optional<double> value;  ///< nothing: not known

    friend bool operator==(const figure&, const figure&) = default;
};

/// The numbers of a run that can be compared, always the same ones in the same order. Times are in
/// milliseconds; what is true or false is 1 or 0.
std::vector<figure> figures_of(const run_metrics& run);

/// The mean of each number over the runs that know it.
std::vector<figure> average(std::span<const run_metrics> runs);

/// `baseline` or `optimized` if all strategies are, else `mixed`.
std::string strategies_of(const run_metrics& run);

}  // namespace riva::agents
