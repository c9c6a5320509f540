#pragma once

#include <riva/agents/checkpoint.hpp>
#include <riva/agents/settings.hpp>
#include <riva/llm/model.hpp>
#include <riva/llm/tier.hpp>
#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/change_set.hpp>
#include <riva/runtime/deadline.hpp>
#include <riva/runtime/error.hpp>
#include <riva/runtime/event.hpp>
#include <riva/runtime/intention.hpp>
#include <riva/runtime/journal.hpp>
#include <riva/runtime/observer.hpp>
#include <riva/runtime/sandbox.hpp>
#include <riva/verify/trust_budget.hpp>

#include <boost/asio/co_spawn.hpp>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace riva::agents {

/// What to do, where, and how we know that it is done.
struct task {
    std::string what;
    std::string acceptance;  ///< in words; may be empty
    std::filesystem::path repository;
    std::vector<std::string> checks;  ///< shell lines that must exit with 0 on the changed tree
    std::string agent = "coder";
    std::string run;     ///< id of the run; empty: a new one is made
    bool write = false;  ///< apply a verified change to the repository
};

/// A run to go on with.
struct resumption {
    std::string run;
    /// Settings that are to differ from those of the run, by the names of `settings::describe`: a
    /// limit to raise, another model.
    std::map<std::string, std::string> changes;
    bool write = false;  ///< apply a verified change, also if the run was not to
};

/// A run whose change is to be written to its repository.
struct application {
    std::string run;
    bool undo = false;  ///< take it back instead
};

/// What was written of a run whose change was applied or taken back.
struct applied_run {
    change_set changes;
    /// Why later runs will not learn from what becomes of it; nothing: they can, or are not to.
    std::optional<error> unwatched = {};
};

/// How a run ended. The change is in `state_folder/runs/<run>/objects`, for `apply`.
struct report {
    std::string run;
    events::run_result result;
    intention root;
    change_set changes;
    std::string diff;
};

/// Parts that a host may bring along instead of those the settings describe. All may be null; all
/// outlive the engine. What is given here must be usable from any thread if runs share an executor
/// with several.
struct engine_parts {
    riva::journal* journal = nullptr;
    riva::sandbox* sandbox = nullptr;
    llm::model* model = nullptr;  ///< for all tiers
    llm::tier_record* tiers = nullptr;  ///< what is known of how the tiers did
    agents::checkpoint* checkpoint = nullptr;
    /// What verifications have shown so far, the same for all runs; holds a state without fault,
    /// may block. Null: `riva.db` in the state folder, for each repository and what judges it.
    verify::trust_store* trust = nullptr;
    asio::any_io_executor blocking;  ///< for file work; empty: a pool of two threads
};

/// Runs tasks. Any number of runs at once on one executor, which may have several threads: each run
/// has a strand of its own. No signal handler, no global, no thread but the pool for blocking work.
///
/// Lifetime: destroyed after every run has ended, and before the executor's context.
class engine {
public:
    engine(asio::any_io_executor executor, settings s, engine_parts parts = {});
    ~engine();
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    /// Works on a task until it is verified, failed, or out of time or money. The repository is not
    /// written, unless the task says so and the change is verified. Whatever happens once the run
    /// has an id, the last event is `run.result`.
    ///
    /// Errors: only what prevents a run from starting: empty task, unknown agent, no model, a
    /// limit of money without a price, settings that `validate` refuses, unreadable repository, no
    /// sandbox, unusable state folder, damaged database. All else is in the report. Cancellation:
    /// partial ends the run at the next safe point, and reports it as cancelled; terminal stops
    /// everything now, and throws `operation_aborted` when nothing is left alive. Thread safety:
    /// safe.
    asio::awaitable<result<report>> run(task what, observer* watcher = nullptr, deadline by = {});

    /// Goes on with a run that was cancelled or ran out of time or budget, that ended in trouble,
    /// or whose process was killed. It starts from the tree as it was, with the settings of the
    /// run; models are not asked again what they have answered, and commands and checks run again
    /// in a new staged copy. What was spent counts. A run that was killed while its verified change
    /// was being written is not worked on again: the rest is written, and it ends.
    ///
    /// Errors: unknown run; `errc::not_resumable` when it has ended; `errc::run_active` when a
    /// process works on it; `riva::errc::conflict` naming the files of the repository that changed
    /// since the run began; what prevents a run from starting. Otherwise as `run`.
    asio::awaitable<result<report>> resume(
        resumption what, observer* watcher = nullptr, deadline by = {}
    );

    /// Writes the change of a run to its repository whatever its outcome is, or takes it back; also
    /// what another process left half done. Nothing is written over what the run did not know.
    ///
    /// Errors: unknown run; `errc::nothing_to_apply`; `errc::run_active` when a process works on
    /// it; those of `riva::apply`, above all `riva::errc::conflict` naming the files. Cancellation:
    /// as `riva::apply`.
    asio::awaitable<result<applied_run>> apply(application what);

    /// The same for callers that are not coroutines. Completion signature:
    /// `void(std::exception_ptr, result<report>)`.
    template <class CompletionToken>
    auto async_resume(resumption what, observer* watcher, deadline by, CompletionToken&& token) {
        return asio::co_spawn(
            executor_, resume(std::move(what), watcher, by), std::forward<CompletionToken>(token)
        );
    }

    /// The same for callers that are not coroutines. Completion signature:
    /// `void(std::exception_ptr, result<report>)`.
    template <class CompletionToken>
    auto async_run(task what, observer* watcher, deadline by, CompletionToken&& token) {
        return asio::co_spawn(
            executor_, run(std::move(what), watcher, by), std::forward<CompletionToken>(token)
        );
    }

    /// The journal of this engine. Errors: those of opening it.
    result<riva::journal*> journal();

    const agents::settings& settings() const;

private:
    struct state;
    asio::any_io_executor executor_;
    std::unique_ptr<state> state_;
};

/// A new run id: sorts by time, unique, fit for a file name.
std::string make_run_id();

}  // namespace riva::agents
