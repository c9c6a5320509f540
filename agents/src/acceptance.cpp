#include "acceptance.hpp"

#include "earlier_complaints.hpp"
#include "earlier_tests.hpp"
#include "replay_steps.hpp"

#include <riva/verify/checks.hpp>

#include <algorithm>
#include <utility>

namespace riva::agents {
namespace {

using check_list = std::vector<std::shared_ptr<verify::check>>;

void append(check_list& to, check_list more) {
    std::move(more.begin(), more.end(), std::back_inserter(to));
}

verify::graph_options graph_for(run_context& run, const intention& it, extent how_much, int round) {
    verify::graph_options options = graph_bounds(run);
    if (run.options.cache == strategy::optimized) options.cache = run.verdicts;
    if (run.options.parallel == strategy::optimized) options.history = &run.checks;
    // Whether the whole is right is looked at from all sides, so that the next attempt knows all.
    if (how_much == extent::acceptance) options.mode = verify::graph_mode::collect_all;
    options.on_started = [&run, id = it.id, round](const verify::check_traits& traits) {
        return run.emit(events::check_started{id, traits.id, traits.layer, round});
    };
    options.on_ended = [&run, id = it.id, round](const evidence& found) {
        return run.emit(events::check_ended{id, found, round});
    };
    return options;
}

void count(events::verification_counts& counts, const std::vector<evidence>& found) {
    for (const auto& e : found) {
        if (e.result != verdict::skipped) ++counts.performed;
        if (e.result == verdict::fail) ++counts.caught;
        if (e.result == verdict::infra_error) ++counts.infra_errors;
    }
}

std::vector<evidence> acceptance_in(const std::vector<evidence>& found) {
    std::vector<evidence> acceptance;
    std::copy_if(found.begin(), found.end(), std::back_inserter(acceptance), is_acceptance);
    return acceptance;
}

/// What the actor could have edited must not decide alone: judges the whole once more, with the
/// tests as they were before the run, if it changed any. Leaves the tree to be rolled back.
asio::awaitable<result<std::vector<evidence>>> judge_by_earlier_tests(
    run_context& run, const intention& it, workspace& tree, int round
) {
    const auto restored = co_await restore_tests(run, tree);
    if (!restored) co_return restored.error();
    if (!*restored) co_return std::vector<evidence>{};
    const auto state = co_await tree.take_snapshot();
    if (!state) co_return state.error();
    auto checks = by_earlier_tests(acceptance_checks(run, it, true, tree));
    verify::check_input input{tree.root(), {}, state->tree_hash()};
    co_return co_await verify::run_checks(
        std::move(checks), std::move(input), graph_for(run, it, extent::acceptance, round), run.by
    );
}

}  // namespace

verify::graph_options graph_bounds(const run_context& run) {
    verify::graph_options options;
    options.cpu_width = run.options.check_width;
    if (run.options.parallel == strategy::baseline)
        options.cpu_width = options.io_width = options.model_width = 1;
    options.check_timeout = run.options.check_timeout;
    return options;
}

std::vector<std::shared_ptr<verify::check>> acceptance_checks(
    run_context& run, const intention& it, bool root, const workspace& tree
) {
    check_list checks;
    if (root) {
        int number = 0;
        for (const auto& line : run.job.checks)
            checks.push_back(verify::command_check(
                *run.isolated,
                "user:" + std::to_string(++number),
                line,
                author::user,
                tree.protected_paths()
            ));
        if (checks.empty()) checks = verify::repository_tests(*run.isolated, tree.root());
    } else if (!it.check.empty()) {
        checks.push_back(verify::command_check(
            *run.isolated, "part:" + it.id, it.check, author::actor, tree.protected_paths()
        ));
    }
    return checks;
}

bool is_acceptance(const evidence& e) {
    return e.layer == layer::behavioural || e.layer == layer::intent;
}

verification conclude(std::vector<evidence> found) {
    verification v;
    const std::vector<evidence> acceptance = acceptance_in(found);
    v.acceptance_checked = combine(acceptance) == verdict::pass;
    if (v.acceptance_checked) {
        std::vector<evidence> decisive = found;
        std::erase_if(decisive, [](const evidence& e) {
            return !is_acceptance(e) && e.result == verdict::indeterminate;
        });
        v.result = combine(decisive);
    } else {
        v.result = combine(found);
    }
    v.grade = strongest(v.acceptance_checked ? acceptance : found);
    v.found = std::move(found);
    return v;
}

namespace {

struct round {
    run_context& run;
    const intention& it;
    bool root;
    workspace& tree;
    extent how_much;
    int number;
};

/// All that the checks say; what they leave behind in the tree is rolled back.
asio::awaitable<result<std::vector<evidence>>> run_round(
    round what, std::vector<std::string> changed
) {
    auto& [run, it, root, tree, how_much, number] = what;
    const auto state = co_await tree.take_snapshot();
    if (!state) co_return state.error();
    check_list checks = verify::syntax_checks(*run.isolated, changed);
    if (how_much != extent::syntax)
        append(checks, verify::semantic_checks(*run.isolated, tree.root(), changed));
    if (how_much == extent::acceptance) append(checks, acceptance_checks(run, it, root, tree));

    verify::check_input input{tree.root(), changed, state->tree_hash()};
    auto found = co_await verify::run_checks(
        std::move(checks), std::move(input), graph_for(run, it, how_much, number), run.by
    );
    const auto compared =
        co_await set_earlier_complaints_aside(run, it, tree, number, std::move(changed), found);
    const auto cleaned = co_await tree.roll_back(*state);
    if (!compared || !cleaned) co_return compared ? cleaned.error() : compared.error();
    if (root && how_much == extent::acceptance && combine(acceptance_in(found)) == verdict::pass) {
        auto more = co_await judge_by_earlier_tests(run, it, tree, number);
        const auto as_before = co_await tree.roll_back(*state);
        if (!more || !as_before) co_return more ? as_before.error() : more.error();
        std::move(more->begin(), more->end(), std::back_inserter(found));
    }
    co_return found;
}

}  // namespace

asio::awaitable<result<verification>> verify_tree(
    run_context& run,
    const intention& it,
    bool root,
    workspace& tree,
    std::vector<std::string> changed,
    extent how_much
) {
    const int number = ++run.rounds[it.id];
    result<std::vector<evidence>> found;
    if (run.again != nullptr)
        found = co_await look_again(run, it, number);
    else
        found = co_await run_round({run, it, root, tree, how_much, number}, std::move(changed));
    if (!found) co_return found.error();
    // The same order whichever check ended first.
    std::ranges::sort(*found, {}, [](const evidence& e) { return std::pair(e.layer, e.check); });
    count(run.result.verification, *found);
    co_return conclude(std::move(*found));
}

}  // namespace riva::agents
