#include "work.hpp"

#include "ask_model.hpp"
#include "context.hpp"
#include "execute.hpp"
#include "gate.hpp"
#include "history.hpp"
#include "model_call.hpp"
#include "prompt.hpp"
#include "prompts.hpp"
#include "proposal.hpp"
#include "select_tier.hpp"
#include "split.hpp"
#include "work_item.hpp"

#include <riva/agents/error.hpp>
#include <riva/runtime/digest.hpp>

#include <algorithm>

namespace riva::agents {
namespace {

asio::awaitable<result<proposal>> propose(work_item& item) {
    const auto values =
        co_await gather_context(item.run, item.tree, item.it, item.ancestors, item.note);
    question ask{
        item.it.id,
        item.run.role->instructions(),
        render(prompts::action, values),
        proposal_schema_name,
        proposal_schema,
        co_await select_tier(item, proposal_schema_name),
        &item.account
    };
    const auto answer = co_await ask_model(item.run, std::move(ask));
    if (!answer) co_return answer.error();
    co_return parse_proposal(*answer);
}

/// What a failed cycle has shown, as a digest: equal digests mean that nothing was learnt.
std::string evidence_digest(const cycle& c) {
    std::string all = c.error;
    if (c.outcome.exit_code) all += std::to_string(*c.outcome.exit_code) + c.outcome.output.text();
    for (const auto& e : c.found) all += e.check + std::string(to_string(e.result)) + e.log_digest;
    return sha256(all);
}

/// Books a failed cycle; the person who watches may add a hint for the next one.
asio::awaitable<void> book_failure(work_item& item, cycle c) {
    ++item.failures;
    if (!c.denied) ++item.refuted;
    const std::string shown = evidence_digest(c);
    item.nothing_new = shown == item.last_evidence;
    item.last_evidence = shown;
    item.note = co_await item.run.decide->review_reflection(item.it, c);
    item.it.trace.push_back(std::move(c));
}

asio::awaitable<void> roll_back(work_item& item, workspace::snapshot before, std::string reason) {
    auto changed = co_await item.tree.changes_since(before);
    const auto back = co_await item.tree.roll_back(before);
    if (!changed || !back)
        throw run_over(
            "error",
            {"workspace",
             (changed ? back.error() : changed.error()).context,
             "Nothing was applied; free some space or check the state folder."}
        );
    events::action_rolled_back event{item.it.id, item.steps, std::move(reason), {}};
    for (const auto& change : *changed) event.files.push_back(change.path);
    co_await item.run.emit(std::move(event));
}

void stop_without_sandbox(const error& why) {
    if (why.code == riva::errc::sandbox_unavailable)
        throw run_over(
            "error", {"no_sandbox", why.context, "Install bubblewrap, or use --sandbox off."}
        );
}

/// Executes a proposal that passed the gate. False: it failed, and the tree is as before.
asio::awaitable<bool> carry_out(work_item& item, cycle& c, const workspace::snapshot& before) {
    auto done = co_await execute(item.run, item.tree, c.action);
    if (done)
        c.outcome = std::move(*done);
    else
        c.error = done.error().context;
    co_await item.run.emit(events::action_executed{item.it.id, item.steps, c.outcome, c.error});
    if (!done) stop_without_sandbox(done.error());
    const bool failed = !done || c.outcome.exit_code.value_or(0) != 0;
    if (failed) {
        c.judgment = judgment::failure;
        co_await roll_back(
            item, before, done ? "the command failed" : "the action could not be carried out"
        );
    }
    co_return !failed;
}

std::vector<std::string> paths_of(const std::vector<file_change>& changes) {
    std::vector<std::string> paths;
    paths.reserve(changes.size());
    for (const auto& change : changes) paths.push_back(change.path);
    return paths;
}

asio::awaitable<bool> anything_changed(work_item& item) {
    const auto all = co_await item.tree.changes();
    co_return all && !all->empty();
}

/// Verifies what a cycle did and keeps or drops it.
asio::awaitable<void> judge_cycle(work_item& item, cycle c, workspace::snapshot before, bool done) {
    co_await item.run.emit(events::verify_decided{
        item.it.id,
        item.steps,
        "verify",
        1.0,
        done ? "the acceptance is checked" : "the change is checked"
    });
    auto verified = co_await verify_tree(
        item.run,
        item.it,
        item.root(),
        item.tree,
        paths_of(c.outcome.files),
        done ? extent::acceptance : extent::change
    );
    if (!verified)
        throw run_over("error", {"workspace", verified.error().context, "Nothing was applied."});
    c.found = verified->found;
    c.judgment = judge(verified->result);
    const auto opinion = co_await item.run.decide->judge_action(item.it, c);
    if (opinion && *opinion != judgment::success) {
        if (c.judgment != judgment::failure) c.judgment = *opinion;
        verified->result = verdict::fail;
    }

    const bool acceptable =
        verified->result == verdict::pass || verified->result == verdict::indeterminate;
    if (!acceptable) {
        co_await roll_back(item, std::move(before), "the checks did not pass");
        co_await book_failure(item, std::move(c));
        co_return;
    }
    c.kept = true;
    item.note.clear();
    item.it.trace.push_back(std::move(c));
    if (done) settle(item, *verified, co_await anything_changed(item));
}

/// One attempt: propose, gate, execute, verify, keep or roll back.
asio::awaitable<void> one_cycle(work_item& item) {
    ++item.steps;
    cycle c;
    auto proposed = co_await propose(item);
    if (!proposed) {
        c.error = "The answer of the model could not be used: " + proposed.error().context;
        co_await item.run.emit(events::log{"warning", c.error});
        co_await book_failure(item, std::move(c));
        co_return;
    }
    c.thought = proposed->thought;
    c.action = proposed->action;
    if (!item.it.trace.empty()) item.it.trace.back().reflection = proposed->thought;
    co_await item.run.emit(events::action_proposed{
        item.it.id,
        item.steps,
        proposed->thought,
        proposed->action,
        proposed->expectation,
        proposed->done
    });

    const gate_decision gate = co_await pass_gate(item.run, item.it, item.steps, c.action);
    if (!gate.run) {
        c.error = gate.why;
        c.denied = true;
        c.judgment = judgment::failure;
        co_await book_failure(item, std::move(c));
        co_return;
    }
    const auto before = co_await item.tree.take_snapshot();
    if (!before)
        throw run_over("error", {"workspace", before.error().context, "Nothing was applied."});
    if (!co_await carry_out(item, c, *before)) {
        co_await book_failure(item, std::move(c));
        co_return;
    }
    if (std::holds_alternative<query>(c.action) && !proposed->done) {
        c.kept = true;
        c.judgment = judgment::partial;
        item.it.trace.push_back(std::move(c));
        co_return;
    }
    co_await judge_cycle(item, std::move(c), *before, proposed->done);
}

void give_up(work_item& item) {
    const auto& trace = item.it.trace;
    std::string reason = "Not solved in " + std::to_string(item.failures) +
                         " failed attempts and " + std::to_string(item.steps) + " steps.";
    if (!trace.empty() && !trace.back().error.empty()) reason += " Last: " + trace.back().error;
    item.end(intention_status::failed, evidence_grade::none, std::move(reason));
}

asio::awaitable<void> one_step(work_item& item) {
    const settings& limits = item.run.options;
    item.run.check_limits();
    if (should_split(item)) {
        co_await split(item);
    } else if (item.failures >= limits.max_cycles || item.steps >= limits.max_steps) {
        give_up(item);
    } else {
        co_await one_cycle(item);
    }
}

}  // namespace

bool settle(work_item& item, const verification& v, bool changed) {
    if (v.result == verdict::fail || v.result == verdict::infra_error) return false;
    if (!changed) {
        item.end(intention_status::unverified, evidence_grade::none, "Nothing was changed.");
        return true;
    }
    if (v.result == verdict::pass && v.acceptance_checked) {
        item.end(intention_status::verified, v.grade, "The checks of the acceptance passed.");
        return true;
    }
    item.end(
        intention_status::unverified,
        v.result == verdict::pass ? v.grade : evidence_grade::none,
        "Nothing could check the acceptance."
    );
    return true;
}

asio::awaitable<void> work(
    run_context& run,
    intention& it,
    workspace& tree,
    ledger& money,
    std::vector<std::string> ancestors
) {
    work_item item{
        .run = run,
        .it = it,
        .tree = tree,
        .account = ledger(money, run.options.intention_spending, "intention " + it.id),
        .ancestors = std::move(ancestors)
    };
    ++run.intentions;
    run.check_limits();
    run.result.depth = std::max<std::int64_t>(run.result.depth, item.depth());
    co_await run.emit(events::intention_started{it.id, it.what, it.acceptance, item.depth()});
    item.prior = analyze_complexity(it.what, it.acceptance, co_await look_around(run, tree));

    try {
        while (it.status == intention_status::active) co_await one_step(item);
    } catch (const intention_exhausted& e) {
        item.end(intention_status::failed, evidence_grade::none, e.what());
    }
}

}  // namespace riva::agents
