#pragma once

#include <riva/llm/tier.hpp>
#include <riva/runtime/event.hpp>
#include <riva/runtime/ledger.hpp>

#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace riva::agents {

/// An answer of a model that was paid for in an earlier pass.
struct recorded_answer {
    events::model_ended said;
    std::int64_t calls = 1;  ///< with those that failed before it
    cost paid;               ///< for all of them
};

/// What the journal holds of the earlier passes of a run that goes on: answers and decisions that
/// are not asked for again. Of a new run there are none. An attempt is the start of an intention:
/// a part that did not fit the merged tree is started once more, as its second attempt.
///
/// Thread safety: none; lives on the strand of the run.
class earlier_pass {
public:
    earlier_pass() = default;
    /// From all events of the run.
    explicit earlier_pass(const std::vector<event>& recorded);

    /// The next answer that an intention got for a purpose, in the order of the record, each once;
    /// null when there is none left. An answer that could not be used is one too (`unusable`);
    /// what failed in another way is to be asked again. With `request`, the SHA-256 of a prompt,
    /// only an answer to that prompt is taken. Lifetime: until the next call.
    const recorded_answer* take_answer(
        const std::string& intention,
        int attempt,
        const std::string& purpose,
        const std::string& request = {}
    );

    /// Whether any answer is left for an attempt at an intention, whatever its purpose.
    bool has_answer(const std::string& intention, int attempt) const;

    /// Of which tier the next of these answers is; nothing if there is none left.
    std::optional<llm::tier> find_tier(
        const std::string& intention, int attempt, const std::string& purpose
    ) const;

    /// What was decided about verifying a cycle; null if nothing was. Where the passes differ the
    /// first one counts.
    const events::verify_decided* find_decision(
        const std::string& intention, int cycle, int attempt = 1
    ) const;

    /// Whether a pass told the same of a cycle of an attempt, of the same risk and pattern: without
    /// a ticket, that is how it is known. Whatever the tickets are.
    bool has_told(const events::trust_changed& what, int attempt) const;

    /// What prompts of an attempt at an intention showed of project memory; null: none was asked.
    /// Lifetime: as long as this.
    const std::vector<events::remembered>* find_shown(const std::string& intention, int attempt)
        const;
    /// What the first pass told of having been learnt.
    const std::vector<events::memory_recorded>& learnt() const { return learnt_; }

    /// Takes over what `other` knows to be decided and shown.
    void decide_as(const earlier_pass& other) {
        decisions_ = other.decisions_;
        shown_ = other.shown_;
    }

    /// What all passes have cost. Of a call that was under way when the process was killed nobody
    /// knows the cost: it is one of those without a price.
    const events::usage& spent() const { return spent_; }
    /// Whether a pass came to a result that the user was given.
    bool had_result() const { return had_result_; }
    /// Of the last event; 0: nothing was recorded.
    std::uint64_t last_seq() const { return last_seq_; }

private:
    struct lane {
        std::string intention;
        int attempt = 1;
        std::string purpose;
        auto operator<=>(const lane&) const = default;
    };
    struct moment {
        std::string intention;
        int attempt = 1;
        int cycle = 1;
        auto operator<=>(const moment&) const = default;
    };

    /// What trust was told of a cycle.
    struct told_outcome {
        moment at;
        std::string risk;
        std::string pattern;
        std::string outcome;
        auto operator<=>(const told_outcome&) const = default;
    };

    static told_outcome outcome_in(const events::trust_changed& e, int attempt);

    class reader;

    std::map<lane, std::deque<recorded_answer>> answers_;
    std::map<moment, events::verify_decided> decisions_;
    std::map<std::pair<std::string, int>, std::vector<events::remembered>> shown_;
    std::set<told_outcome> told_;
    std::vector<events::memory_recorded> learnt_;
    recorded_answer taken_;
    events::usage spent_;
    bool had_result_ = false;
    std::uint64_t last_seq_ = 0;
};

}  // namespace riva::agents
