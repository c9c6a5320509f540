#pragma once

#include <riva/agents/metrics.hpp>
#include <riva/runtime/event.hpp>

#include <chrono>
#include <map>
#include <string>

namespace riva::agents {

/// The calls of a run, by the intention that asked. A call that was cancelled, or was under way
/// when the process was killed, has no end in the record: the first is in the sums of `run.result`,
/// the second cost nobody knows what.
class call_tally {
public:
    using moment = std::chrono::sys_time<std::chrono::milliseconds>;
    using calls = std::map<call_kind, call_figures>;

    void see(const events::model_started& e, moment at);
    void see(const events::model_ended& e);
    /// The end of a pass, and what all passes so far have spent by its account.
    void see(const events::run_result& e, moment at);
    /// The process of a pass was killed, having been seen last at this time.
    void cut_off(moment at);

    /// By intention.
    const std::map<std::string, calls>& all() const { return all_; }

private:
    struct started {
        call_kind kind;
        moment at;
    };

    void book(const std::string& intention, const call_kind& kind, const call_figures& more);
    void book_cancelled(const std::string& tier, const call_figures& more, moment at);

    std::map<std::string, calls> all_;
    std::map<std::string, call_figures> by_tier_;
    std::map<std::string, started> under_way_;  // one at a time for each intention
};

}  // namespace riva::agents
