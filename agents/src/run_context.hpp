#pragma once

#include "check_archive.hpp"
#include "earlier_pass.hpp"
#include "model_choice.hpp"

#include <riva/agents/agent.hpp>
#include <riva/agents/checkpoint.hpp>
#include <riva/agents/engine.hpp>
#include <riva/agents/settings.hpp>
#include <riva/llm/tier.hpp>
#include <riva/runtime/journal.hpp>
#include <riva/runtime/ledger.hpp>
#include <riva/runtime/observer.hpp>
#include <riva/runtime/sandbox.hpp>
#include <riva/verify/batch.hpp>
#include <riva/verify/check_history.hpp>
#include <riva/verify/trust_budget.hpp>
#include <riva/verify/verdict_cache.hpp>

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace riva::agents {

class pattern_archive;
class project_archive;
class recorded_pass;
struct what_if;
class trust_archive;

/// Ends a run from wherever it is: a limit, a provider that is down, a journal that cannot be
/// written. Not a failure of the work, so no intention may catch it.
class run_over : public std::runtime_error {
public:
    run_over(std::string outcome, events::failure why)
        : std::runtime_error(why.message), outcome_(std::move(outcome)), why_(std::move(why)) {}

    const std::string& outcome() const { return outcome_; }
    const events::failure& why() const { return why_; }

private:
    std::string outcome_;  ///< as in run.result
    events::failure why_;
};

/// A change that stands, for the pattern memory: should the whole fail, it may be why.
struct booked_change {
    std::string intention;
    std::string step;
    std::string pattern;
    std::vector<std::string> files;
};

/// Everything that the parts of one run share. Lives on the strand of the run.
struct run_context {
    run_context(const settings& configured, const task& given)
        : options(configured), job(given), money(configured.spending) {}

    const settings& options;
    const task& job;
    std::string id;
    std::string seed;  ///< for what must not be foreseen by the model, nor by what it runs
    std::filesystem::path folder;  ///< of this run, below the state folder
    deadline by;
    asio::any_io_executor blocking;

    riva::journal* record = nullptr;
    observer* watcher = nullptr;
    riva::sandbox* isolated = nullptr;
    model_choice* models = nullptr;
    llm::tier_record* record_of_tiers = nullptr;
    agents::checkpoint* decide = nullptr;
    verify::verdict_cache* verdicts = nullptr;
    verify::check_history checks;
    check_archive* kept_checks = nullptr;  ///< null: nothing is kept
    project_archive* project = nullptr;    ///< null: nothing is remembered
    verify::trust_budget* trust = nullptr;  ///< decides what is verified
    pattern_archive* patterns = nullptr;  ///< null: nothing is kept
    trust_archive* archive = nullptr;       ///< keeps what is found out about checks
    std::shared_ptr<const agent> role;

    ledger money;
    bool stop_asked = false;  ///< end at the next safe point
    std::uint64_t seq = 0;
    int intentions = 0;
    int forks = 0;
    int waiting = 0;  ///< changes that are still to be verified
    verify::failure_record verified_changes;
    std::vector<booked_change> booked;  ///< in the order of their verification
    events::run_result result;

    std::set<std::int64_t> shown;  ///< entries of project memory that prompts showed

    std::set<std::string> open_intentions;  ///< started and not ended

    recorded_pass* again = nullptr;  ///< what is done once more; null: nothing was done before
    what_if* other = nullptr;        ///< decides besides under other settings
    earlier_pass earlier;            ///< of a run that goes on
    std::map<std::string, int> attempts;  ///< how often each intention was started
    std::map<std::string, int> rounds;    ///< how often the tree of each was verified

    /// What an earlier pass decided about verifying this cycle; null: it did not get there. No coin
    /// is thrown twice.
    const events::verify_decided* find_decision(const std::string& intention, int cycle) const;

    /// Journal first, then the observer. Throws `run_over` if the journal fails. A cancellation
    /// waits until both have the event: none is written and not told, and no number is left out.
    ///
    /// What a resumed run only repeats does not wait for the disk: its answer is recorded already,
    /// and nothing outside depends on it. It is written and told with the next event that is new,
    /// or before something that takes time.
    asio::awaitable<void> emit(events::body body);

    /// Emits that an intention has ended, as it stands in the report.
    asio::awaitable<void> emit_end(const intention& it);

    /// Throws `run_over` if the run is to stop, is out of time or has too many intentions.
    void check_limits() const;

private:
    bool repeats(const events::body& body) const;
    void note(const events::body& body);
    asio::awaitable<void> record_and_tell(std::vector<event> all);
    asio::awaitable<void> write(event e);
    asio::awaitable<void> tell_again(events::body body);
    asio::awaitable<void> tell(event e);

    std::vector<event> held_;  ///< that are numbered and not yet written
};

}  // namespace riva::agents
