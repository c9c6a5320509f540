#include <riva/agents/engine.hpp>

#include "delivery.hpp"
#include "pattern_archive.hpp"
#include "project_archive.hpp"
#include "protection.hpp"
#include "remember.hpp"
#include "run_context.hpp"
#include "run_driver.hpp"
#include "run_lock.hpp"
#include "run_plan.hpp"
#include "trust_archive.hpp"
#include "trust_session.hpp"

#include <riva/agents/agent.hpp>
#include <riva/agents/error.hpp>
#include <riva/agents/tiers.hpp>
#include <riva/memory/sqlite_journal.hpp>
#include <riva/runtime/run_on.hpp>
#include <riva/runtime/workspace.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>

#include <array>
#include <chrono>
#include <ctime>
#include <mutex>
#include <optional>
#include <random>
#include <utility>

namespace riva::agents {

namespace fs = std::filesystem;

struct engine::state {
    state(agents::settings s, engine_parts given) : options(std::move(s)), parts(std::move(given)) {
        if (!parts.blocking) {
            pool.emplace(2);
            parts.blocking = pool->get_executor();
        }
        if (parts.checkpoint == nullptr) parts.checkpoint = &automatic;
        if (!options.provider.governors)
            options.provider.governors = std::make_shared<llm::governors>();
    }

    ~state() {
        if (pool) pool->join();
    }

    agents::settings options;
    engine_parts parts;
    agents::checkpoint automatic;
    std::optional<asio::thread_pool> pool;
    trust_archive trust{options.state_folder / "riva.db", parts.trust};
    verify::verdict_cache verdicts;
    check_archive checks{options.state_folder / "riva.db"};
    pattern_archive patterns{options.state_folder / "riva.db"};
    project_archive project{options.state_folder / "riva.db", options.state_folder / "runs"};
    std::mutex opening;  // guards the following; never held across a suspension
    std::unique_ptr<riva::journal> own_journal;
    std::map<isolation, std::unique_ptr<riva::sandbox>> own_sandboxes;

    result<riva::journal*> journal();
    riva::sandbox* sandbox(isolation kind);
    void lend_parts(run_context& run);
    asio::awaitable<result<report>> carry_out(
        asio::any_io_executor on,
        run_plan plan,
        std::optional<run_lock> lock,
        observer* watcher,
        deadline by
    );
};

namespace {

result<void> make_private_folder(const fs::path& folder) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (!failed) fs::permissions(folder, fs::perms::owner_all, failed);
    if (failed)
        return error{
            riva::errc::io_failed,
            "The state folder " + folder.string() + " cannot be used: " + failed.message() + "."
        };
    return {};
}

}  // namespace

result<riva::journal*> engine::state::journal() {
    const std::lock_guard guard(opening);
    if (parts.journal != nullptr) return parts.journal;
    if (!own_journal) {
        const auto folder = make_private_folder(options.state_folder);
        if (!folder) return folder.error();
        auto opened = memory::sqlite_journal::open(options.state_folder / "riva.db");
        if (!opened) return opened.error();
        own_journal = std::move(*opened);
    }
    return own_journal.get();
}

riva::sandbox* engine::state::sandbox(isolation kind) {
    const std::lock_guard guard(opening);
    if (parts.sandbox != nullptr) return parts.sandbox;
    auto& own = own_sandboxes[kind];
    if (!own) own = kind == isolation::off ? make_open_sandbox() : make_bubblewrap_sandbox();
    return own.get();
}

engine::engine(asio::any_io_executor executor, agents::settings s, engine_parts parts)
    : executor_(std::move(executor)),
      state_(std::make_unique<state>(std::move(s), std::move(parts))) {}

engine::~engine() = default;

result<riva::journal*> engine::journal() {
    return state_->journal();
}

const agents::settings& engine::settings() const {
    return state_->options;
}

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

/// The tree that the run works on, and the right to work on it. `base` is what a run began with
/// that goes on; it has the lock already. Empty: the run is new.
asio::awaitable<result<workspace>> stage(
    run_context& run, std::string base, std::optional<run_lock>& lock
) {
    if (!base.empty())
        co_return co_await workspace::stage_again(
            run.job.repository, run.folder, base, run.blocking, run.options.workspace
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

asio::awaitable<result<report>> engine::run(task what, observer* watcher, deadline by) {
    run_plan plan{std::move(what), state_->options};
    auto ended = state_->carry_out(executor_, std::move(plan), std::nullopt, watcher, by);
    co_return co_await std::move(ended);
}

asio::awaitable<result<report>> engine::resume(resumption what, observer* watcher, deadline by) {
    const auto record = state_->journal();
    if (!record) co_return record.error();
    const auto strand = asio::make_strand(executor_);
    result<std::vector<event>> recorded;
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    const auto read = [&]() -> asio::awaitable<void> {
        recorded = co_await (*record)->read(what.run);
    };
    const fs::path folder = state_->options.state_folder / "runs" / what.run;
    std::error_code missing;
    if (fs::path(what.run).filename() != what.run || !fs::exists(folder, missing)) {
        co_await run_on(strand, read);
        if (!recorded) co_return recorded.error();
        if (const auto made = make_private_folder(folder); !made) co_return made.error();
    }
    auto lock = run_lock::acquire(folder);
    if (!lock) co_return lock.error();
    // Whoever worked on it before has written all there is.
    co_await run_on(strand, read);
    if (!recorded) co_return recorded.error();
    auto plan = plan_next_pass(*recorded, what, state_->options);
    if (!plan) co_return plan.error();
    auto ended = state_->carry_out(executor_, std::move(*plan), std::move(*lock), watcher, by);
    co_return co_await std::move(ended);
}

/// What all runs of the engine share.
void engine::state::lend_parts(run_context& run) {
    run.blocking = parts.blocking;
    run.isolated = sandbox(run.options.sandbox);
    run.decide = parts.checkpoint;
    run.record_of_tiers = parts.tiers;
    run.verdicts = &verdicts;
    // A host that keeps the journal elsewhere has no database of riva's.
    if (parts.journal != nullptr) return;
    run.kept_checks = &checks;
    run.patterns = &patterns;
    if (run.options.memory) run.project = &project;
}

asio::awaitable<result<report>> engine::state::carry_out(
    asio::any_io_executor on,
    run_plan plan,
    std::optional<run_lock> lock,
    observer* watcher,
    deadline by
) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_partial_cancellation());
    task& what = plan.job;
    // The executor may have several threads: whatever suspends goes through the strand of the run.
    const auto strand = asio::make_strand(on);
    result<void> startable;
    // The objects of these lambdas live until their coroutines have ended.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    const auto examine = [&]() -> asio::awaitable<void> {
        startable = co_await check_start(parts, plan.options, what);
    };
    if (!plan.delivery) co_await run_on(strand, examine);
    if (!startable) co_return startable.error();
    const auto record = journal();
    if (!record) co_return record.error();

    if (const auto found = resolve(what.repository); !found) co_return found.error();

    run_context run(plan.options, what);
    run.id = what.run.empty() ? make_run_id() : what.run;
    run.folder = options.state_folder / "runs" / run.id;
    run.seed = plan.seed.empty() ? std::to_string(toss_coin()) + std::to_string(toss_coin())
                                 : std::move(plan.seed);
    run.by = by;
    run.record = *record;
    run.watcher = watcher;
    run.role = find_agent(what.agent);
    lend_parts(run);

    auto models = model_choice::make(plan.options, parts.model);
    if (!models) co_return models.error();
    run.models = &*models;
    const auto folder = make_private_folder(run.folder.parent_path());
    if (!folder) co_return folder.error();

    go_on_from(run, std::move(plan.earlier));

    report outcome = begin_report(run);
    error not_started;
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
        if (plan.delivery) {
            not_started = co_await finish_delivery(run, outcome, std::move(*plan.delivery));
            co_return;
        }
        const auto shared = co_await trust.of(what, run.options, run.blocking);
        if (!shared) {
            not_started = shared.error();
            co_return;
        }
        trust_session trusted(**shared);
        verify::trust_budget budget(run.blocking, trusted, run.options.trust, toss_coin);
        run.trust = &budget;
        run.archive = &trust;
        auto tree = co_await stage(run, plan.base, lock);
        if (!tree) {
            not_started = tree.error();
            co_return;
        }
        tree->protect(files_that_judge(what));
        co_await drive(run, outcome, std::move(*tree));
    };
    co_await run_on(strand, on_strand);
    if (not_started.code) co_return not_started;
    co_return outcome;
}

asio::awaitable<result<change_set>> engine::apply(application what) {
    const auto record = state_->journal();
    if (!record) co_return record.error();
    result<change_set> applied;
    // The object lives until its coroutine has ended.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    const auto work = [&]() -> asio::awaitable<void> {
        const fs::path folder = state_->options.state_folder / "runs" / what.run;
        applied = co_await apply_run(**record, state_->parts.blocking, folder, what);
        if (applied && !what.undo && state_->parts.journal == nullptr)
            co_await watch_applied(state_->project, **record, what.run, state_->parts.blocking);
    };
    co_await run_on(asio::make_strand(executor_), work);
    co_return applied;
}

std::string make_run_id() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    std::array<char, 32> stamp{};
    std::strftime(stamp.data(), stamp.size(), "%Y%m%d-%H%M%S", &utc);
    std::random_device source;
    std::array<char, 16> tail{};
    std::snprintf(tail.data(), tail.size(), "-%06x", source() & 0xFFFFFFu);
    return std::string(stamp.data()) + tail.data();
}

}  // namespace riva::agents
