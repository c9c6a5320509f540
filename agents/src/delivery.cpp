#include "delivery.hpp"

#include "remember.hpp"
#include "run_lock.hpp"

#include <riva/agents/error.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <utility>

namespace riva::agents {
namespace {

using std::chrono::steady_clock;

asio::awaitable<result<void>> write_tree(const run_context& run, change_set files) {
    co_return co_await apply(
        std::move(files), run.folder / "objects", run.job.repository, run.blocking
    );
}

/// Prepared, applied, recorded.
asio::awaitable<result<void>> carry_out(run_context& run, events::effect_prepared effect) {
    co_await run.emit(effect);
    auto written = co_await write_tree(run, {effect.files});
    if (written) {
        co_await run.emit(events::effect_applied{effect.effect});
        co_return written;
    }
    // After trouble with the disk nobody knows what is on it.
    if (written.error().code != riva::errc::io_failed)
        co_await run.emit(events::effect_undone{effect.effect, written.error().context});
    co_return written;
}

error nothing_to_do(const run_context& run, const std::string& why) {
    return {errc::nothing_to_apply, "Run " + run.id + " " + why};
}

/// What the last pass over a run left to be applied.
struct recorded_change {
    change_set files;
    std::string outcome;
    bool applied = false;  // as journals say that know no effects
};

recorded_change find_change(const std::vector<event>& recorded) {
    recorded_change found;
    for (const auto& e : recorded) {
        if (std::holds_alternative<events::run_resumed>(e.body)) found = {};
        if (const auto* diff = std::get_if<events::workspace_diff>(&e.body)) {
            found.files.files = diff->files;
            found.applied = diff->applied;
        }
        // The pass that finishes a delivery has nothing else to tell of.
        if (const auto* prepared = std::get_if<events::effect_prepared>(&e.body))
            if (prepared->kind == "apply") found.files.files = prepared->files;
        if (const auto* ended = std::get_if<events::run_result>(&e.body))
            found.outcome = ended->outcome;
    }
    return found;
}

}  // namespace

change_set find_change_to_apply(const std::vector<event>& recorded) {
    return find_change(recorded).files;
}

asio::awaitable<void> deliver(run_context& run, report& into, workspace& tree) {
    auto changes = co_await tree.changes();
    auto diff = co_await tree.diff();
    if (!changes || !diff)
        throw run_over(
            "error",
            {"workspace", (changes ? diff.error() : changes.error()).context, "Nothing was applied."
            }
        );
    into.changes = std::move(*changes);
    into.diff = std::move(*diff);
    for (const auto& change : into.changes.files) run.result.files.push_back(change.change.path);
    events::workspace_diff event{into.changes.files, into.diff, false};
    co_await run.emit(event);
    if (!run.job.write || run.result.outcome != "verified") co_return;
    auto effect = make_effect(run.id, "apply", into.changes);
    effect.result = run.result;
    // What was there before must be durable before anything is written over it.
    auto applied = co_await tree.discard_objects(into.changes);
    if (applied) applied = co_await carry_out(run, std::move(effect));
    event.applied = applied.has_value();
    if (!applied)
        run.result.error = {
            "apply", applied.error().context, "The change is kept; use riva apply " + run.id + "."
        };
    if (!event.applied) co_return;
    co_await run.emit(std::move(event));
    co_await watch(run, into.changes);
}

asio::awaitable<result<void>> finish_delivery(
    run_context& run, report& into, unfinished_delivery what
) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const auto start = steady_clock::now();
    into.changes.files = what.effect.files;
    into.diff = std::move(what.diff);
    if (what.open) {
        const auto written = co_await write_tree(run, into.changes);
        if (!written) co_return written.error();
    }
    co_await run.emit(events::run_resumed{
        run.earlier.last_seq(), RIVA_VERSION, run.options.describe(), run.job.write
    });
    if (what.open) co_await run.emit(events::effect_applied{what.effect.effect});
    co_await run.emit(events::workspace_diff{into.changes.files, into.diff, true});
    co_await watch(run, into.changes);
    co_await workspace::remove_trees(run.folder, run.blocking);
    run.result = std::move(what.result);
    // This pass has only written; how long the one took that worked is told by its events.
    run.result.wall_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - start).count();
    into.root.status = intention_status::verified;
    into.root.grade = run.result.grade;
    co_await run.emit(run.result);
    into.result = run.result;
    co_return result<void>{};
}

namespace {

asio::awaitable<result<change_set>> apply_recorded(
    run_context& run, const std::vector<event>& recorded, bool undo
) {
    const auto effects = find_effects(recorded);
    const auto change = find_change(recorded);
    if (change.files.empty())
        co_return nothing_to_do(
            run,
            "has no change to apply; its outcome is " +
                (change.outcome.empty() ? "not known" : change.outcome) + "."
        );
    const bool touched = effects.open || effects.applied() || (!effects.last && change.applied);
    if (undo && !touched)
        co_return nothing_to_do(run, "has not been applied, so there is nothing to take back.");
    change_set files = undo ? reverse(change.files) : change.files;
    auto effect = make_effect(run.id, undo ? "undo" : "apply", files);
    if (effects.open && effects.last->effect == effect.effect) {
        const auto written = co_await write_tree(run, files);
        if (!written) co_return written.error();
        co_await run.emit(events::effect_applied{effect.effect});
        co_return files;
    }
    // Nothing happens twice.
    if (effects.applied() && effects.last->effect == effect.effect &&
        co_await is_applied(files, run.job.repository, run.blocking))
        co_return files;
    if (!undo) effect.result = effects.promised;
    const auto written = co_await carry_out(run, std::move(effect));
    if (!written) co_return written.error();
    co_return files;
}

}  // namespace

asio::awaitable<result<change_set>> apply_run(
    riva::journal& record,
    asio::any_io_executor blocking,
    std::filesystem::path folder,
    application what
) {
    auto recorded = co_await record.read(what.run);
    if (!recorded) co_return recorded.error();
    std::error_code missing;
    if (recorded->empty() || !std::filesystem::exists(folder, missing))
        co_return error{
            errc::nothing_to_apply,
            "Run " + what.run + " has left nothing in " + folder.string() + "."
        };
    const auto lock = run_lock::acquire(folder);
    if (!lock) co_return lock.error();
    // Whoever worked on it before has written all there is.
    recorded = co_await record.read(what.run);
    if (!recorded) co_return recorded.error();
    const settings none;
    task job;
    for (const auto& e : *recorded)
        if (const auto* started = std::get_if<events::run_started>(&e.body))
            job.repository = started->repository;
    run_context run(none, job);
    run.id = what.run;
    run.folder = std::move(folder);
    run.blocking = std::move(blocking);
    run.record = &record;
    run.seq = recorded->back().seq;
    try {
        auto applied = apply_recorded(run, *recorded, what.undo);
        co_return co_await std::move(applied);
    } catch (const run_over& lost) {
        co_return error{riva::errc::io_failed, lost.why().message};
    }
}

}  // namespace riva::agents
