#include "split.hpp"

#include "ask_model.hpp"
#include "context.hpp"
#include "history.hpp"
#include "judge.hpp"
#include "prompt.hpp"
#include "prompts.hpp"
#include "proposal.hpp"
#include "recorded_pass.hpp"
#include "remember.hpp"
#include "select_tier.hpp"
#include "verify_changes.hpp"
#include "words.hpp"
#include "work.hpp"

#include <riva/agents/error.hpp>
#include <riva/runtime/semaphore.hpp>
#include <riva/runtime/task_group.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <set>

namespace riva::agents {
namespace {

/// Nothing of an earlier attempt is on the fork of the next one.
void forget_attempts(intention& it) {
    it.status = intention_status::active;
    it.grade = evidence_grade::none;
    it.reason.clear();
    it.trace.clear();
    it.children.clear();
}

/// The parts of one decomposition at work.
struct division {
    explicit division(work_item& whole)
        : item(whole), group(item.run.options.width, on_failure::cancel_siblings) {}

    work_item& item;
    task_group group;
    /// One part at a time forks the tree or merges into it, and tells so: the order of the events
    /// is that in which the tree was used.
    semaphore tree_access{1};
    std::vector<bool> started = std::vector<bool>(item.it.children.size(), false);
    std::set<std::string> ended = {};  ///< parts that are merged, or will not be

    std::vector<intention>& parts() { return item.it.children; }

    intention& part(std::string_view id) {
        return *std::find_if(parts().begin(), parts().end(), [&](const intention& p) {
            return p.id == id;
        });
    }

    void start_ready() {
        for (std::size_t i = 0; i < parts().size(); ++i) {
            if (started[i]) continue;
            const auto& needs = parts()[i].needs;
            const bool ready = std::all_of(needs.begin(), needs.end(), [&](const std::string& id) {
                return ended.contains(id);
            });
            if (!ready) continue;
            started[i] = true;
            group.add([this, i] {
                return item.run.again == nullptr ? work_on(i) : work_again_on(i);
            });
        }
    }

    asio::awaitable<void> work_on(std::size_t i) {
        intention& it = parts()[i];
        const auto lost =
            std::find_if(it.needs.begin(), it.needs.end(), [&](const std::string& id) {
                const auto status = part(id).status;
                return status == intention_status::failed || status == intention_status::cancelled;
            });
        if (lost != it.needs.end()) {
            it.status = intention_status::cancelled;
            it.reason = "It needs part " + *lost + ", which was not done.";
            co_await item.run.emit(
                events::intention_started{it.id, it.what, it.acceptance, item.depth() + 1}
            );
            co_await item.run.emit_end(it);
        } else if (!co_await attempt(it)) {
            // Somebody else changed the same file: once more, on the merged tree.
            co_await attempt(it);
        }
        ended.insert(it.id);
        start_ready();
    }

    /// What ends the run ends all parts, but in the record each has told what it told until then.
    asio::awaitable<void> work_again_on(std::size_t i) {
        std::exception_ptr over;
        try {
            co_await work_on(i);
        } catch (const run_over&) {
            over = std::current_exception();
        }
        if (!over) co_return;
        co_await item.run.again->wait_for_end();
        std::rethrow_exception(over);
    }

    /// False: the part was done, but failed since its change does not fit the tree any more.
    asio::awaitable<bool> attempt(intention& it) {
        forget_attempts(it);
        if (item.run.again != nullptr) co_await item.run.again->wait_for_turn(it.id);
        complexity prior;
        std::optional<workspace> fork = co_await fork_tree(it, prior);
        std::vector<std::string> ancestors = item.ancestors;
        ancestors.push_back(item.it.what);
        co_await work(item.run, it, *fork, item.account, std::move(ancestors), std::move(prior));
        if (item.run.again != nullptr) co_await item.run.again->wait_for_turn(it.id);
        const auto permit = co_await tree_access.acquire();
        const bool fits = co_await merge(it, *fork);
        co_await item.run.emit_end(it);
        co_return fits;
    }

    asio::awaitable<bool> merge(intention& it, workspace& fork) {
        if (it.status != intention_status::verified && it.status != intention_status::unverified)
            co_return true;
        const auto merged = co_await item.tree.merge(fork);
        if (!merged && merged.error().code != riva::errc::conflict)
            throw run_over("error", {"workspace", merged.error().context, "Nothing was applied."});
        if (merged) co_return true;
        it.status = intention_status::failed;
        it.grade = evidence_grade::none;
        it.reason = "Its change conflicts with that of another part: " + merged.error().context;
        co_await item.run.emit(events::log{"warning", "Part " + it.id + ": " + it.reason, it.id});
        co_return false;
    }

    asio::awaitable<std::optional<workspace>> fork_tree(const intention& it, complexity& prior) {
        const auto permit = co_await tree_access.acquire();
        const std::string name = "fork-" + std::to_string(++item.run.forks);
        auto fork = co_await item.tree.fork(item.run.folder / name);
        if (!fork)
            throw run_over("error", {"workspace", fork.error().context, "Nothing was applied."});
        prior = co_await begin(item.run, it, *fork, item.depth() + 1);
        co_return std::move(*fork);
    }
};

std::string normalised(std::string_view goal) {
    std::string all;
    for (const auto& word : words_of(goal)) all += word + " ";
    return all;
}

/// The goals from the root down to the part, for a person.
std::string print_way(const work_item& item, const intention& part) {
    std::string way;
    for (const auto& goal : item.ancestors) way += shorten(goal, 80) + " > ";
    return way + shorten(item.it.what, 80) + " > " + shorten(part.what, 80);
}

/// Parts that repeat a goal above them would be split like this for ever.
result<void> refuse_repetition(const work_item& item, const plan& p) {
    std::vector<std::string> above = item.ancestors;
    above.push_back(item.it.what);
    for (const auto& part : p.parts)
        for (const auto& goal : above)
            if (normalised(goal) == normalised(part.what))
                return error{
                    errc::repeated_goal,
                    "A part repeats a goal above it: " + print_way(item, part) + "."
                };
    return {};
}

asio::awaitable<result<plan>> ask_for_plan(work_item& item) {
    auto values = co_await gather_context(item.run, item.tree, item.it, item.ancestors, item.note);
    values["memory"] = co_await remember(item);
    question ask{
        item.it.id,
        prompts::decomposer,
        render(prompts::decompose, values),
        plan_schema_name,
        plan_schema,
        co_await select_tier(item, plan_schema_name),
        &item.account
    };
    ask.told = digest_of_work(values);
    const auto answer = co_await ask_model(item.run, std::move(ask));
    if (!answer) co_return answer.error();
    auto p = parse_plan(*answer, item.run.options.max_children);
    if (!p) co_return p.error();
    const auto fresh = refuse_repetition(item, *p);
    if (!fresh) co_return fresh.error();
    for (auto& part : p->parts) {
        part.id = item.it.id + "." + part.id;
        for (auto& need : part.needs) need = item.it.id + "." + need;
    }
    if (!co_await item.run.decide->approve_decomposition(item.it, p->parts))
        co_return error{errc::denied, "The decomposition was not approved."};
    co_return p;
}

asio::awaitable<void> announce(work_item& item, const std::string& reason) {
    events::intention_decomposed event{item.it.id, reason, {}};
    for (const auto& part : item.it.children)
        event.children.push_back({part.id, part.what, part.acceptance, part.paths, part.needs});
    ++item.run.result.decompositions;
    co_await item.run.emit(std::move(event));
}

std::string describe_parts(const std::vector<intention>& parts) {
    std::string out = "The task was split into parts; what they did is in the files as shown:\n";
    for (const auto& part : parts)
        out += "- " + std::string(to_string(part.status)) + ": " + shorten(part.what, 500) + " (" +
               part.reason + ")\n";
    return out;
}

/// Checks the acceptance of the whole on the merged tree.
asio::awaitable<void> integrate(work_item& item) {
    const auto changes = co_await item.tree.changes();
    if (!changes)
        throw run_over("error", {"workspace", changes.error().context, "Nothing was applied."});
    std::vector<std::string> paths;
    for (const auto& change : changes->changes()) paths.push_back(change.path);
    auto v =
        co_await verify_tree(item.run, item.it, item.root(), item.tree, paths, extent::acceptance);
    if (!v) throw run_over("error", {"workspace", v.error().context, "Nothing was applied."});
    co_await consult_judge(item, *v);
    co_await report_escapes(item, v->found);
    const bool accepted = co_await item.run.decide->verify_integration(item.it, v->found);
    if (!accepted) {
        v->result = verdict::fail;
        co_await item.run.emit(events::log{"info", std::string(not_accepted), item.it.id});
    }

    const bool all_done =
        std::all_of(item.it.children.begin(), item.it.children.end(), [](const intention& part) {
            return part.status == intention_status::verified ||
                   part.status == intention_status::unverified;
        });
    // Where a part was not done, only an acceptance that was checked makes up for it.
    const bool changed = !paths.empty();
    const bool decided = all_done || (v->acceptance_checked && changed);
    if (decided && settle(item, *v, changed)) co_return;
    ++item.failures;
    ++item.refuted;
    item.note = describe_parts(item.it.children) + describe_evidence(v->found, 8 * 1024);
    if (!accepted) item.note += "What the parts did together was not accepted.\n";
}

}  // namespace

bool should_split(const work_item& item, const settings& limits) {
    if (item.split_tried || item.depth() >= limits.max_depth) return false;
    if (item.failures == 0) return item.steps == 0 && item.prior.decompose_first;
    const bool simple = item.prior.score < 0.3;
    // Leaves an attempt for mending what the parts did, should the whole not be accepted.
    const int patience = simple ? std::max(1, limits.max_cycles - 2) : 2;
    return item.failures >= patience || (!simple && item.nothing_new);
}

asio::awaitable<void> split(work_item& item) {
    item.split_tried = true;
    auto p = co_await ask_for_plan(item);
    if (!p) {
        const std::string refusal = "Not split: " + p.error().context;
        item.note += (item.note.empty() ? "" : "\n") + refusal;
        co_await item.run.emit(events::log{"info", refusal, item.it.id});
        co_return;
    }
    item.it.children = std::move(p->parts);
    co_await announce(item, p->reason);

    division parts(item);
    parts.start_ready();
    const auto failures = co_await parts.group.run();
    if (!failures.empty()) std::rethrow_exception(failures.front());
    co_await integrate(item);
}

}  // namespace riva::agents
