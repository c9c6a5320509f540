#pragma once

#include <riva/runtime/change_set.hpp>
#include <riva/runtime/verdict.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// How a run begins and goes on, what it says by the way, and what came of it.
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

}  // namespace riva::events
