#include "delivery.hpp"
#include "engine_state.hpp"
#include "protection.hpp"
#include "run_driver.hpp"
#include "trust_session.hpp"
#include "unrecorded_run.hpp"

#include <riva/agents/agent.hpp>
#include <riva/agents/error.hpp>
#include <riva/agents/tiers.hpp>
#include <riva/runtime/run_on.hpp>
#include <riva/runtime/workspace.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <utility>

namespace riva::agents {

namespace fs = std::filesystem;

namespace {

/// What prevents a run from starting, found out before it has an id.
asio::awaitable<result<void>> check_start(
    const engine_parts& parts, const settings& options, const task& job
) {
    if (job.what.find_first_not_of(" \t\r\n") == std::string::npos)
        co_return error{
            errc::empty_task,
            "The task is empty; say what to do, or give it on standard input with '-'."
        };
    if (find_agent(job.agent) == nullptr)
        co_return error{
            errc::unknown_agent, "There is no agent '" + job.agent + "'; riva has: coder."
        };
    if (const auto sensible = validate(options); !sensible) co_return sensible.error();
    if (parts.model == nullptr)
        if (const auto tiers = describe_tiers(options); !tiers) co_return tiers.error();
    if (parts.sandbox == nullptr && options.sandbox == isolation::automatic)
        co_return co_await probe_bubblewrap(deadline::in(std::chrono::seconds(20)));
    co_return result<void>{};
}

/// What the earlier passes have spent counts, and their events stay where they are.
void go_on_from(run_context& run, earlier_pass earlier) {
    run.seq = earlier.last_seq();
    run.result.usage = earlier.spent();
    const auto& spent = run.result.usage;
    run.money.carry_over(spent.calls, {spent.input_tokens + spent.output_tokens, spent.micro_usd});
    run.earlier = std::move(earlier);
}

/// The tree that the run works on, and the right to work on it. A run that goes on has the lock
/// already.
asio::awaitable<result<workspace>> stage(
    run_context& run, const run_plan& plan, std::optional<run_lock>& lock
) {
    if (!plan.base.empty())
        co_return co_await workspace::stage_again(
            run.job.repository,
            run.folder,
            plan.base,
            plan.kept,
            run.blocking,
            run.options.workspace
        );
    auto tree = co_await workspace::stage(
        run.job.repository, run.folder, run.blocking, run.options.workspace
    );
    if (!tree) co_return tree.error();
    auto own = run_lock::acquire(run.folder);
    if (!own) co_return own.error();
    lock = std::move(*own);
    co_return std::move(*tree);
}

asio::awaitable<result<void>> stage_and_drive(
    run_context& run, report& outcome, const run_plan& plan, std::optional<run_lock>& lock
) {
    auto tree = co_await stage(run, plan, lock);
    if (!tree) co_return tree.error();
    tree->protect(files_that_judge(run.job));
    co_await drive(run, outcome, std::move(*tree));
    co_return result<void>{};
}

report begin_report(const run_context& run) {
    report empty;
    empty.run = run.id;
    empty.root.what = run.job.what;
    empty.root.acceptance = run.job.acceptance;
    return empty;
}

/// Makes the path absolute, without links.
result<void> resolve(fs::path& repository) {
    std::error_code failed;
    fs::path found = fs::canonical(repository, failed);
    if (failed)
        return error{
            riva::errc::tree_unreadable,
            "The repository " + repository.string() + " cannot be read: " + failed.message() +
                "; name a folder with --repo."
        };
    repository = std::move(found);
    return {};
}

}  // namespace

/// Everything a run knows before its tree is staged.
void engine::state::prepare(run_context& run, run_plan& plan, observer* watcher, deadline by) {
    run.id = plan.job.run.empty() ? make_run_id() : plan.job.run;
    run.folder = options.state_folder / "runs" / run.id;
    run.seed = plan.seed.empty() ? std::to_string(toss_coin()) + std::to_string(toss_coin())
                                 : std::move(plan.seed);
    run.by = by;
    run.watcher = watcher;
    run.role = find_agent(plan.job.agent);
    lend_parts(run);
    go_on_from(run, std::move(plan.earlier));
}

/// On the strand of the run. The error says why the run could not start.
asio::awaitable<result<void>> engine::state::work(
    run_context& run, report& outcome, run_plan& plan, std::optional<run_lock>& lock
) {
    if (plan.delivery) co_return co_await finish_delivery(run, outcome, std::move(*plan.delivery));
    const auto shared = co_await trust.of(run.job, run.options, run.blocking);
    if (!shared) co_return shared.error();
    trust_session trusted(**shared);
    verify::trust_budget budget(run.blocking, trusted, run.options.trust, toss_coin);
    run.trust = &budget;
    run.archive = &trust;
    std::optional<unrecorded_run> mark;
    // A host that keeps the journal elsewhere may have runs that are not in this one.
    if (!lock && parts.journal == nullptr) {
        auto made = co_await mark_new_run(options.state_folder, run.id, *run.record, run.blocking);
        if (!made) co_return made.error();
        mark = std::move(*made);
    }
    const auto staged = co_await stage_and_drive(run, outcome, plan, lock);
    const auto& failure = outcome.result.error;
    if (mark && !(failure && failure->kind == "journal")) mark->remove();
    co_return staged;
}

asio::awaitable<result<report>> engine::state::carry_out(
    asio::any_io_executor on,
    run_plan plan,
    std::optional<run_lock> lock,
    observer* watcher,
    deadline by
) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_partial_cancellation());
    // The executor may have several threads: whatever suspends goes through the strand of the run.
    const auto strand = asio::make_strand(on);
    result<void> started;
    // The objects of these lambdas live until their coroutines have ended.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    const auto examine = [&]() -> asio::awaitable<void> {
        started = co_await check_start(parts, plan.options, plan.job);
    };
    if (!plan.delivery) co_await run_on(strand, examine);
    if (!started) co_return started.error();
    const auto record = journal();
    if (!record) co_return record.error();
    if (const auto found = resolve(plan.job.repository); !found) co_return found.error();

    run_context run(plan.options, plan.job);
    run.record = *record;
    prepare(run, plan, watcher, by);
    auto models = model_choice::make(plan.options, parts.model);
    if (!models) co_return models.error();
    run.models = &*models;
    if (const auto made = make_private_folder(run.folder.parent_path()); !made)
        co_return made.error();

    report outcome = begin_report(run);
    // A partial cancellation is a request to stop, which the loop looks at; only a terminal one
    // goes on inward.
    const auto note_request = [&run](asio::cancellation_type type) {
        if ((type & asio::cancellation_type::partial) != asio::cancellation_type::none)
            run.stop_asked = true;
        return type & asio::cancellation_type::terminal;
    };
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    const auto on_strand = [&]() -> asio::awaitable<void> {
        co_await asio::this_coro::reset_cancellation_state(note_request);
        started = co_await work(run, outcome, plan, lock);
    };
    co_await run_on(strand, on_strand);
    if (!started) co_return started.error();
    co_return outcome;
}

}  // namespace riva::agents
