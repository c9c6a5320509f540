#pragma once

#include <riva/agents/metrics.hpp>
#include <riva/runtime/event.hpp>

#include <map>
#include <optional>
#include <string>

namespace riva::agents {

/// What one attempt at an intention did in one pass of a run.
class attempt_tally {
public:
    void see(const events::model_ended& e);
    void see(const events::intention_decomposed& e);
    void see(const events::action_proposed& e);
    void see(const events::action_gated& e);
    void see(const events::action_rolled_back& e);
    void see(const events::check_ended& e);
    void see(const events::verify_decided& e);
    void see(const events::verify_ended& e);
    void see(const events::trust_changed& e);
    void see(const events::verify_canary& e);

    /// What another pass told of the same attempt: a later one does not repeat what has escaped.
    void add_escapes(const attempt_tally& of_other);

    /// How far it got: the attempt of another pass that got further tells more.
    std::int64_t cycles() const;
    /// Whether a cycle failed, or the parts did not make up the whole.
    bool had_setback() const { return failures_ > 0 || cycle_after_split_; }

    /// All but calls and times. `simple`: the intention had looked so.
    work_figures figures(bool simple) const;

private:
    struct cycle {
        std::string risk;
        std::string decision;  // empty: nothing was decided
        bool by_coin = false;
        bool required = false;
        bool escaped = false;
        int batch = 0;
        std::optional<verdict> result;
    };

    static decision_figures figures_of(const cycle& c);
    void begin_cycle();
    void fail_cycle();

    std::map<int, cycle> cycles_;
    std::map<std::string, check_figures> checks_;
    std::int64_t answers_lost_ = 0;  // cycles without a number
    std::int64_t failures_ = 0;
    std::int64_t retries_ = 0;
    std::int64_t decompositions_ = 0;
    std::int64_t canaries_ = 0;
    std::int64_t canaries_caught_ = 0;
    bool failed_before_ = false;  // and no cycle has begun since
    bool cycle_after_split_ = false;
};

}  // namespace riva::agents
