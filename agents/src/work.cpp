#include "work.hpp"

#include "ask_model.hpp"
#include "context.hpp"
#include "execute.hpp"
#include "gate.hpp"
#include "history.hpp"
#include "model_call.hpp"
#include "plan_verification.hpp"
#include "prompt.hpp"
#include "prompts.hpp"
#include "proposal.hpp"
#include "remember.hpp"
#include "replay_steps.hpp"
#include "select_tier.hpp"
#include "setback.hpp"
#include "split.hpp"
#include "verify_changes.hpp"
#include "what_if.hpp"
#include "work_item.hpp"

#include <riva/agents/error.hpp>

#include <algorithm>

namespace riva::agents {
namespace {

asio::awaitable<result<proposal>> propose(work_item& item) {
    auto values = co_await gather_context(item.run, item.tree, item.it, item.ancestors, item.note);
    values["memory"] = co_await remember(item);
    question ask{
        item.it.id,
        item.run.role->instructions(),
        render(prompts::action, values),
        proposal_schema_name,
        proposal_schema,
        co_await select_tier(item, proposal_schema_name),
        &item.account
    };
    ask.told = digest_of_work(values);
    item.proposed_by = ask.tier.tier;
    const auto answer = co_await ask_model(item.run, std::move(ask));
    if (!answer) co_return answer.error();
    co_return parse_proposal(*answer);
}

void stop_without_sandbox(const error& why) {
    if (why.code == riva::errc::sandbox_unavailable)
        throw run_over(
            "error", {"no_sandbox", why.context, "Install bubblewrap, or use --sandbox off."}
        );
}

/// Executes a proposal that passed the gate. False: it failed, and the tree is as before.
asio::awaitable<bool> carry_out(work_item& item, cycle& c, const workspace::snapshot& before) {
    result<outcome> done;
    if (item.run.again != nullptr)
        done = carry_out_again(item, c.action);
    else
        done = co_await execute(item.run, item.tree, c.action);
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
            item,
            item.steps,
            before,
            done ? "the command failed" : "the action could not be carried out"
        );
    }
    co_return !failed;
}

asio::awaitable<bool> anything_changed(work_item& item) {
    const auto all = co_await item.tree.changes();
    co_return all && !all->empty();
}

asio::awaitable<workspace::snapshot> snapshot_of(workspace& tree) {
    const auto taken = co_await tree.take_snapshot();
    if (!taken)
        throw run_over("error", {"workspace", taken.error().context, "Nothing was applied."});
    co_return *taken;
}

/// That a change was let through, where the evidence of others stands.
evidence note_of_skip(const verify::trust_decision& why) {
    evidence e;
    e.check = "trust";
    e.result = verdict::skipped;
    e.detail = verify::explain(why);
    return e;
}

/// Keeps what a cycle did, and has it verified now, later or not at all.
asio::awaitable<void> judge_cycle(
    work_item& item, cycle c, workspace::snapshot before, verify::risk risk, bool done
) {
    c.kept = true;
    c.judgment = judgment::partial;
    if (!done && c.outcome.files.empty()) {
        item.it.trace.push_back(std::move(c));
        co_return;
    }
    const auto plan = co_await plan_verification(item, c.action, risk, done);
    deferred_change change;
    change.cycle = item.steps;
    change.attempt = item.it.trace.size();
    for (const auto& file : c.outcome.files) change.files.push_back(file.path);
    change.pattern = plan.pattern;
    change.by = item.proposed_by;
    change.semantic = plan.semantic;
    change.judged = plan.judged;
    change.before = std::move(before);
    change.after = co_await snapshot_of(item.tree);
    change.decision = plan.trust;
    if (plan.skipped())
        c.found.push_back(note_of_skip(plan.trust));
    else
        ++item.run.waiting;
    item.it.trace.push_back(std::move(c));
    item.unverified.push_back(std::move(change));
    item.note.clear();

    if (done) {
        const auto verified = co_await verify_completion(item);
        if (verified) settle(item, *verified, co_await anything_changed(item));
    } else if (plan.now) {
        co_await verify_waiting(item);
    }
}

asio::awaitable<void> fail(work_item& item, cycle c) {
    item.it.trace.push_back(std::move(c));
    co_await book_failure(item, item.it.trace.size() - 1);
}

/// One attempt: propose, gate, execute, verify, keep or roll back.
asio::awaitable<void> one_cycle(work_item& item) {
    ++item.steps;
    cycle c;
    auto proposed = co_await propose(item);
    if (!proposed) {
        c.error = "The answer of the model could not be used: " + proposed.error().context;
        co_await item.run.emit(events::log{"warning", c.error, item.it.id});
        co_await fail(item, std::move(c));
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
        co_await fail(item, std::move(c));
        co_return;
    }
    const auto before = co_await snapshot_of(item.tree);
    if (!co_await carry_out(item, c, before)) {
        co_await fail(item, std::move(c));
        co_return;
    }
    if (std::holds_alternative<query>(c.action) && !proposed->done) {
        c.kept = true;
        c.judgment = judgment::partial;
        item.it.trace.push_back(std::move(c));
        co_return;
    }
    co_await judge_cycle(item, std::move(c), before, gate.risk, proposed->done);
}

void give_up(work_item& item) {
    const auto& trace = item.it.trace;
    std::string reason = "Not solved in " + std::to_string(item.failures) +
                         " failed attempts and " + std::to_string(item.steps) + " steps.";
    if (!trace.empty() && !trace.back().error.empty()) reason += " Last: " + trace.back().error;
    item.end(intention_status::failed, evidence_grade::none, std::move(reason));
}

/// How an intention goes on.
std::string_view choose_step(const work_item& item, const settings& limits) {
    if (should_split(item, limits)) return "split";
    const bool over = item.failures >= limits.max_cycles || item.steps >= limits.max_steps;
    return over ? "give up" : "act";
}

void tell_other_step(const work_item& item, std::string_view recorded) {
    const std::string now(choose_step(item, item.run.other->options));
    item.run.other->compare(
        {item.run.again->next_seq(item.it.id),
         item.it.id,
         "step",
         std::string(recorded),
         now,
         now == "give up"}
    );
}

asio::awaitable<void> one_step(work_item& item) {
    item.run.check_limits();
    const std::string_view next = choose_step(item, item.run.options);
    if (item.run.other != nullptr) tell_other_step(item, next);
    if (next == "act") co_return co_await one_cycle(item);
    co_await verify_waiting(item);
    if (next == "split")
        co_await split(item);
    else
        give_up(item);
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

asio::awaitable<complexity> begin(
    run_context& run, const intention& it, const workspace& tree, int depth
) {
    ++run.intentions;
    run.check_limits();
    const complexity prior = co_await assess(run, it, tree);
    run.result.depth = std::max<std::int64_t>(run.result.depth, depth);
    co_await run.emit(events::intention_started{
        it.id,
        it.what,
        it.acceptance,
        depth,
        events::assessment{
            prior.score, prior.ambiguous, prior.decompose_first, prior.confidence, prior.reason
        }
    });
    co_return prior;
}

asio::awaitable<void> work(
    run_context& run,
    intention& it,
    workspace& tree,
    ledger& money,
    std::vector<std::string> ancestors,
    complexity prior
) {
    work_item item{
        .run = run,
        .it = it,
        .tree = tree,
        .account = ledger(money, run.options.intention_spending, "intention " + it.id),
        .ancestors = std::move(ancestors),
        .prior = std::move(prior)
    };
    std::string used_up;
    try {
        while (it.status == intention_status::active) co_await one_step(item);
    } catch (const intention_exhausted& e) {
        used_up = e.what();
    }
    if (!used_up.empty()) {
        co_await run.emit(events::log{"warning", std::string(account_used_up) + used_up, it.id});
        item.end(intention_status::failed, evidence_grade::none, std::move(used_up));
    }
    co_await abandon_waiting(item);
}

}  // namespace riva::agents
