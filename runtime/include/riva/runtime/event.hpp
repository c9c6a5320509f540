#pragma once

#include <riva/runtime/action.hpp>
#include <riva/runtime/change_set.hpp>
#include <riva/runtime/error.hpp>
#include <riva/runtime/outcome.hpp>
#include <riva/runtime/verdict.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Everything a run does is one of these events, emitted once, to the journal first. Progress,
/// `--json`, reports and metrics are folds over them. The JSON names are those of the struct
/// members.
namespace riva::events {

struct run_started {
    std::string task;
    std::string acceptance;
    std::string agent;
    std::string repository;  ///< absolute path
    std::string version;     ///< of riva
    std::map<std::string, std::string> settings;
    std::vector<std::string> checks;  ///< of the user
    bool write = false;               ///< apply a verified change
    std::string base;  ///< hash of the tree as it was staged; empty: recorded before there was one
    std::string seed;  ///< of what the run made up at random, such as nonces
    friend bool operator==(const run_started&, const run_started&) = default;
};

/// The run goes on after its process was killed, or after it was cancelled, out of budget or in
/// trouble. What follows is the whole work again, from the tree as it was, with the answers that
/// were recorded: whoever wants to know how the run stands looks at the events after the last of
/// these.
struct run_resumed {
    std::uint64_t after = 0;  ///< `seq` of the last event before
    std::string version;  ///< of riva
    std::map<std::string, std::string> settings;  ///< that hold from here on
    bool write = false;
    friend bool operator==(const run_resumed&, const run_resumed&) = default;
};

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

/// What is known of how one tier did before: bounds of its share of successes.
struct tier_standing {
    std::string tier;
    std::int64_t attempts = 0;
    double lower = 0;
    double mean = 0;
    double upper = 1;
    friend bool operator==(const tier_standing&, const tier_standing&) = default;
};

struct model_started {
    std::string intention;
    std::string purpose;  ///< `action`, `decompose`, `reflect`
    std::string tier;
    std::string model;
    int attempt = 1;
    std::string reason;  ///< why this tier, or why the model fallen back on
    std::string fallback_from;  ///< the model whose provider failed before; empty: none
    std::vector<tier_standing> standings = {};  ///< that the choice of the tier was based on
    friend bool operator==(const model_started&, const model_started&) = default;
};

/// A piece of an answer as it arrives. Observed, not journaled.
struct model_delta {
    std::string intention;
    std::string text;
    friend bool operator==(const model_delta&, const model_delta&) = default;
};

struct model_ended {
    std::string intention;
    std::string purpose;
    std::string tier;
    std::string model;
    int attempt = 1;
    std::string stop;  ///< why the model stopped; empty after a failure
    std::string request;  ///< SHA-256 of the encoded request
    std::string reply;  ///< the whole text of the answer
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    std::int64_t micro_usd = 0;
    std::int64_t duration_ms = 0;
    std::string error;  ///< one sentence; empty after success
    bool priced = true;  ///< false: the price of the model is unknown, and `micro_usd` is 0
    bool unusable = false;  ///< the error is of this answer alone: the model works
    bool recorded = false;  ///< taken from an earlier pass of the run: asked and paid for there
    bool refused = false;  ///< the provider refuses every request until something is changed
    /// SHA-256 of what the work itself put into the prompt: goal, acceptance, history. Empty: the
    /// prompt was not made of these.
    std::string told;
    friend bool operator==(const model_ended&, const model_ended&) = default;
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

/// The checks of one verification of a tree have the same `round`, counted for each intention;
/// 0: not one of them.
struct check_started {
    std::string intention;
    std::string check;
    enum layer layer = layer::syntax;
    int round = 0;
    friend bool operator==(const check_started&, const check_started&) = default;
};

struct check_ended {
    std::string intention;
    riva::evidence evidence;
    int round = 0;
    friend bool operator==(const check_ended&, const check_ended&) = default;
};

/// One bound of the trust budget.
struct trust_account {
    std::string theta;  ///< the shortest number that reads back as the same double
    std::int64_t charged = 0;
    friend bool operator==(const trust_account&, const trust_account&) = default;
};

/// What the trust budget decided on: with the settings of the run, its decision can be computed
/// again. The counts are those before the decision.
struct trust_basis {
    std::string risk;  ///< `low`, `medium`, `high`
    std::string pattern;
    bool required = false;  ///< it was to be verified in any case
    std::string draw;  ///< the coin: a whole number of 64 bits
    std::uint64_t ticket = 0;
    std::int64_t delivered = 0;
    std::int64_t skipped = 0;
    std::int64_t audited = 0;
    std::int64_t caught = 0;
    int recovering = 0;
    int clean = 0;
    std::vector<trust_account> accounts;
    int points = 0;
    std::int64_t points_delivered = 0;
    std::int64_t points_skipped = 0;
    std::int64_t points_caught = 0;
    double bound = 0;  ///< after the decision: failures that have escaped at most
    double allowance = 0;  ///< failures that may escape
    friend bool operator==(const trust_basis&, const trust_basis&) = default;
};

/// What the outcomes of changes like this one said before it was decided about: with the same
/// rules, the advice follows from the rest.
struct pattern_basis {
    std::string pattern;
    std::int64_t attempts = 0;  ///< verified outcomes, all of them
    double passed = 0;  ///< the same, those of long ago counting less
    double failed = 0;
    bool failed_last = false;
    double bound = 0;  ///< share of successes at least, with confidence
    std::string advice;  ///< `none`, `wary`, `proven`
    friend bool operator==(const pattern_basis&, const pattern_basis&) = default;
};

struct verify_decided {
    std::string intention;
    int cycle = 1;
    std::string decision;  ///< `verify`, `audit`, `defer`, `skip`
    double probability = 1;
    std::string reason;
    std::optional<trust_basis> trust = {};  ///< nothing: the trust budget was not asked
    std::optional<pattern_basis> pattern = {};  ///< nothing: the pattern memory was not asked
    friend bool operator==(const verify_decided&, const verify_decided&) = default;
};

/// What verification found of the change of a cycle.
struct verify_ended {
    std::string intention;
    int cycle = 1;
    verdict result = verdict::indeterminate;
    int batch = 1;  ///< changes that were verified together
    std::string reason;
    friend bool operator==(const verify_ended&, const verify_ended&) = default;
};

/// The trust budget has learnt something.
struct trust_changed {
    std::string intention;
    int cycle = 1;
    std::string risk;
    std::string pattern;
    std::uint64_t ticket = 0;
    std::string outcome;  ///< `pass`, `fail` or another verdict; `escape`: a skipped change failed
    friend bool operator==(const trust_changed&, const trust_changed&) = default;
};

/// What a check said of a mutant.
struct canary_finding {
    std::string check;
    verdict result = verdict::indeterminate;
    friend bool operator==(const canary_finding&, const canary_finding&) = default;
};

/// A fault was put into the verified change, on a copy of the tree, to see whether the checks of
/// the acceptance catch it.
struct verify_canary {
    std::string intention;
    std::string path;
    std::int64_t line = 0;  ///< from 1
    std::string mutation;  ///< such as `< to <=`
    /// `caught` or `missed`; neither counts as one: `invalid`, which does not even compile, and
    /// `unknown`, since a check crashed, timed out or could not tell.
    std::string outcome;
    std::vector<canary_finding> checks;  ///< that were run to their end
    friend bool operator==(const verify_canary&, const verify_canary&) = default;
};

/// An entry of project memory, as a prompt shows it.
struct remembered {
    std::int64_t id = 0;
    std::string kind;  ///< `decision`, `pattern`, `correction`
    std::string by;  ///< `user`, `learnt`
    std::string text;
    std::vector<std::string> paths;  ///< that it is about; none: all
    std::int64_t count = 1;  ///< how often it was said or seen
    friend bool operator==(const remembered&, const remembered&) = default;
};

/// Something was learnt about the project.
struct memory_recorded {
    remembered entry;
    std::string source;  ///< the run that it was learnt from
    friend bool operator==(const memory_recorded&, const memory_recorded&) = default;
};

/// What all prompts of an intention show of project memory, from here to its end.
struct memory_shown {
    std::string intention;
    std::vector<remembered> entries;
    friend bool operator==(const memory_shown&, const memory_shown&) = default;
};

struct workspace_diff {
    std::vector<changed_file> files;
    std::string diff;  ///< unified diff, as `git apply` reads it
    bool applied = false;
    friend bool operator==(const workspace_diff&, const workspace_diff&) = default;
};

struct log {
    std::string level;  ///< `info`, `warning`, `error`
    std::string message;
    std::string intention = {};  ///< whose work it is about; empty: the run
    friend bool operator==(const log&, const log&) = default;
};

struct tier_usage {
    std::int64_t calls = 0;
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    std::int64_t micro_usd = 0;
    std::int64_t unpriced_calls = 0;  ///< whose cost is unknown, and not in `micro_usd`
    friend bool operator==(const tier_usage&, const tier_usage&) = default;
};

struct usage {
    std::int64_t calls = 0;
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    std::int64_t micro_usd = 0;
    std::map<std::string, tier_usage> by_tier;
    std::int64_t unpriced_calls = 0;  ///< whose cost is unknown, and not in `micro_usd`
    friend bool operator==(const usage&, const usage&) = default;
};

struct verification_counts {
    std::int64_t performed = 0;
    std::int64_t batched = 0;
    std::int64_t skipped = 0;
    std::int64_t audited = 0;
    std::int64_t caught = 0;
    std::int64_t infra_errors = 0;
    std::int64_t canaries = 0;  ///< mutants of the verified change that were tried
    std::int64_t canaries_caught = 0;
    friend bool operator==(const verification_counts&, const verification_counts&) = default;
};

struct failure {
    std::string kind;
    std::string message;
    std::string hint;
    friend bool operator==(const failure&, const failure&) = default;
};

/// The last event of every pass over a run. What follows it in the journal is only what became of
/// the change: `effect.*`.
struct run_result {
    std::string outcome;  ///< verified, failed, unverified, cancelled, exhausted, denied, error
    evidence_grade grade = evidence_grade::none;
    std::string quality = "basic";
    std::vector<std::string> files;
    events::usage usage;
    verification_counts verification;
    std::int64_t decompositions = 0;
    std::int64_t depth = 0;
    bool first_try = false;
    std::int64_t wall_ms = 0;
    std::optional<failure> error;
    bool resumable = false;
    friend bool operator==(const run_result&, const run_result&) = default;
};

/// The user's tree is going to be written: whatever happens from here on, it is known what was to
/// be done, and the contents before and after are in the object store of the run. Until
/// `effect.applied` or `effect.undone` it is not known how much of it was done.
struct effect_prepared {
    std::string effect;  ///< its id: the same for the same effect, however often it is tried
    std::string intention;
    std::string kind;  ///< `apply`, or `undo` for the way back
    std::vector<changed_file> files;
    /// What the run says once the change is applied; nothing when it has said so before.
    std::optional<run_result> result;
    friend bool operator==(const effect_prepared&, const effect_prepared&) = default;
};

/// Every file of the effect is as it was to be, and that is durable.
struct effect_applied {
    std::string effect;
    friend bool operator==(const effect_applied&, const effect_applied&) = default;
};

/// Nothing of the effect was written: the tree is what it was before it was prepared.
struct effect_undone {
    std::string effect;
    std::string reason;
    friend bool operator==(const effect_undone&, const effect_undone&) = default;
};

using body = std::variant<
    run_started,
    run_resumed,
    intention_started,
    intention_decomposed,
    intention_ended,
    model_started,
    model_delta,
    model_ended,
    action_proposed,
    action_gated,
    action_executed,
    action_rolled_back,
    check_started,
    check_ended,
    verify_decided,
    verify_ended,
    trust_changed,
    verify_canary,
    memory_recorded,
    memory_shown,
    workspace_diff,
    log,
    run_result,
    effect_prepared,
    effect_applied,
    effect_undone>;

}  // namespace riva::events

namespace riva {

struct event {
    std::uint64_t seq = 0;  ///< position in the run, from 1
    std::chrono::sys_time<std::chrono::milliseconds> time;
    std::string run;
    events::body body;

    friend bool operator==(const event&, const event&) = default;
};

/// The dotted name of an event's type, such as `check.ended`.
std::string_view type_name(const events::body& body);

/// One line of JSON without a newline:
/// `{"v":1,"seq":1,"t":"2026-11-23T10:00:00.000Z","run":"...","type":"...", fields}`.
std::string to_json(const event& e);

/// Reads what `to_json` wrote. Unknown members are ignored. Errors: `errc::malformed_event`.
result<event> event_from_json(std::string_view line);

}  // namespace riva
