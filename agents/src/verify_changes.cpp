#include "verify_changes.hpp"

#include "judge.hpp"
#include "pattern_memory.hpp"
#include "plan_verification.hpp"
#include "setback.hpp"

#include <riva/verify/batch.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace riva::agents {
namespace {

using changes = std::vector<deferred_change>;

[[noreturn]] void lose_tree(const error& why) {
    throw run_over("error", {"workspace", why.context, "Nothing was applied."});
}

bool is_about_changes(const evidence& e) {
    return e.layer == layer::syntax || e.layer == layer::semantic;
}

/// What the checks say of the changes themselves, apart from the acceptance.
verdict of_changes(const std::vector<evidence>& found) {
    std::vector<evidence> all;
    std::ranges::copy_if(found, std::back_inserter(all), is_about_changes);
    return combine(all);
}

bool acceptable(verdict v) {
    return v == verdict::pass || v == verdict::indeterminate;
}

std::vector<std::string> files_of(const changes& all, std::size_t first) {
    std::set<std::string> files;
    for (std::size_t i = 0; i < first; ++i) files.insert(all[i].files.begin(), all[i].files.end());
    return {files.begin(), files.end()};
}

asio::awaitable<std::vector<std::string>> all_files(work_item& item) {
    const auto found = co_await item.tree.changes();
    if (!found) lose_tree(found.error());
    std::vector<std::string> files;
    for (const auto& change : found->changes()) files.push_back(change.path);
    co_return files;
}

asio::awaitable<verification> check(
    work_item& item, std::vector<std::string> files, extent how_much
) {
    auto found =
        co_await verify_tree(item.run, item.it, item.root(), item.tree, std::move(files), how_much);
    if (!found) lose_tree(found.error());
    co_return std::move(*found);
}

/// Changes that are verified at once, each of which builds on those before it.
class batch {
public:
    batch(work_item& item, changes all, extent how_much)
        : item_(item), all_(std::move(all)), how_much_(how_much), culprit_(all_.size()) {}

    /// What the checks found if everything stays.
    asio::awaitable<std::optional<verification>> judge() {
        const bool whole = how_much_ == extent::acceptance;
        std::vector<std::string> files =
            whole ? co_await all_files(item_) : files_of(all_, all_.size());
        verification found = co_await check(item_, std::move(files), how_much_);
        if (whole) co_await consult_judge(item_, found);
        for (auto& change : all_) cycle_of(change).found = found.found;
        if (!whole && acceptable(found.result)) co_await judge_each(found);
        if (acceptable(found.result))
            co_await ask_person();
        else if (culprit_ == all_.size())
            co_await find_culprit(found);
        if (culprit_ < all_.size()) judge_culprit();
        co_await tell(found);
        if (culprit_ == all_.size()) co_return found;
        co_await undo();
        co_return std::nullopt;
    }

private:
    cycle& cycle_of(const deferred_change& change) { return item_.it.trace[change.attempt]; }

    /// Asks a model about those changes that their risk demands it for, in one call.
    asio::awaitable<void> judge_each(verification& found) {
        std::vector<std::size_t> asked;
        std::vector<judged_item> items;
        for (std::size_t i = 0; i < all_.size(); ++i) {
            if (!all_[i].judged) continue;
            asked.push_back(i);
            items.push_back(
                {"step " + std::to_string(all_[i].cycle), describe_for_judge(cycle_of(all_[i]))}
            );
        }
        if (items.empty()) co_return;
        const auto said = co_await ask_judge(item_, std::move(items));
        for (std::size_t k = 0; k < asked.size(); ++k) {
            cycle_of(all_[asked[k]]).found.push_back(said[k]);
            if (said[k].result != verdict::fail || culprit_ < all_.size()) continue;
            found.result = verdict::fail;
            culprit_ = asked[k];
        }
    }

    /// A person may make the result worse, never better.
    asio::awaitable<void> ask_person() {
        for (std::size_t i = 0; i < all_.size(); ++i) {
            cycle& c = cycle_of(all_[i]);
            c.judgment = riva::judge(combine(c.found));
            if (!all_[i].decision.verified()) continue;
            const auto opinion = co_await item_.run.decide->judge_action(item_.it, c);
            if (!opinion || *opinion == judgment::success) continue;
            if (c.judgment != judgment::failure) c.judgment = *opinion;
            refused_ = true;
            culprit_ = i;
            co_return;
        }
    }

    asio::awaitable<void> find_culprit(const verification& found) {
        const verdict changed = of_changes(found.found);
        culprit_ = all_.size() - 1;
        if (changed == verdict::infra_error) culprit_ = 0;  // nobody knows, so nothing stays
        if (changed == verdict::fail && all_.size() > 1) {
            const auto searched = co_await verify::verify_sequence(
                all_.size(), [this](std::size_t n) { return check_first(n); }
            );
            co_await go_to(all_.back().after);  // so that what is undone is told from here
            const auto first = std::ranges::find_if(searched.items, [](const auto& one) {
                return one != verify::batch_finding::passed;
            });
            culprit_ = static_cast<std::size_t>(first - searched.items.begin());
            if (seen_.contains(culprit_ + 1))
                cycle_of(all_[culprit_]).found = seen_[culprit_ + 1].found;
        }
    }

    void judge_culprit() {
        cycle& c = cycle_of(all_[culprit_]);
        if (!refused_) c.judgment = riva::judge(combine(c.found));
    }

    asio::awaitable<void> go_to(workspace::snapshot state) {
        const auto there = co_await item_.tree.roll_back(std::move(state));
        if (!there) lose_tree(there.error());
    }

    /// The state after the first n changes; all together they are known to fail.
    asio::awaitable<verdict> check_first(std::size_t n) {
        if (n == all_.size()) co_return verdict::fail;
        co_await go_to(all_[n - 1].after);
        // What is looked for is what failed, which may be less than could be found.
        const extent as_far = how_much_ == extent::syntax ? extent::syntax : extent::change;
        seen_[n] = co_await check(item_, files_of(all_, n), as_far);
        const verdict v = seen_[n].result;
        co_return v == verdict::indeterminate ? verdict::pass : v;
    }

    verdict result_of(std::size_t i, const verification& found) {
        if (i > culprit_) return verdict::indeterminate;
        if (i == culprit_) return refused_ ? verdict::fail : combine(cycle_of(all_[i]).found);
        const bool completes = how_much_ == extent::acceptance && i + 1 == all_.size();
        if (completes) return found.result;
        const verdict changed = of_changes(found.found);
        // Where something failed, what came before it has passed.
        return acceptable(changed) ? changed : verdict::pass;
    }

    std::string reason_of(std::size_t i) const {
        if (i < culprit_) return all_.size() > 1 ? "verified together" : "verified";
        if (i > culprit_)
            return "built on step " + std::to_string(all_[culprit_].cycle) + ", which failed";
        return std::string(refused_ ? refused_by_a_person : "the checks did not pass");
    }

    asio::awaitable<void> tell(const verification& found) {
        auto& counts = item_.run.result.verification;
        for (std::size_t i = 0; i < all_.size(); ++i) {
            const verdict v = result_of(i, found);
            if (all_.size() > 1) ++counts.batched;
            if (v == verdict::pass) ++item_.run.verified_changes.passed;
            if (v == verdict::fail) ++item_.run.verified_changes.failed;
            co_await item_.run.emit(events::verify_ended{
                item_.it.id, all_[i].cycle, v, static_cast<int>(all_.size()), reason_of(i)
            });
            co_await report_to_trust(item_, all_[i].cycle, all_[i].decision, v);
            const bool completes = how_much_ == extent::acceptance && i + 1 == all_.size();
            co_await book_outcome(item_, all_[i], v, completes);
        }
    }

    asio::awaitable<void> undo() {
        const deferred_change& failed = all_[culprit_];
        co_await roll_back(item_, failed.cycle, failed.before, reason_of(culprit_));
        auto& trace = item_.it.trace;
        trace[failed.attempt].kept = false;
        for (std::size_t i = failed.attempt + 1; i < trace.size(); ++i) {
            if (!trace[i].kept || trace[i].outcome.files.empty()) continue;
            trace[i].kept = false;
            trace[i].judgment = judgment::unclear;
            trace[i].error = "Rolled back with step " + std::to_string(failed.cycle) +
                             ", on which it was built.";
        }
        std::erase_if(item_.unverified, [&](const deferred_change& change) {
            return change.attempt >= failed.attempt;
        });
        co_await book_failure(item_, failed.attempt);
    }

    work_item& item_;
    changes all_;
    extent how_much_;
    std::size_t culprit_;  ///< position; the size of `all_` if there is none
    bool refused_ = false;
    std::map<std::size_t, verification> seen_;  ///< by how many changes were checked
};

/// The changes that are to be verified; those that were skipped stay.
changes take_waiting(work_item& item) {
    changes due, skipped;
    for (auto& change : item.unverified)
        (change.decision.verified() ? due : skipped).push_back(std::move(change));
    item.unverified = std::move(skipped);
    return due;
}

}  // namespace

asio::awaitable<void> verify_waiting(work_item& item) {
    changes due = take_waiting(item);
    if (due.empty()) co_return;
    const bool semantic = std::ranges::any_of(due, &deferred_change::semantic);
    const auto waiting = static_cast<int>(due.size());
    batch together(item, std::move(due), semantic ? extent::change : extent::syntax);
    co_await together.judge();
    item.run.waiting -= waiting;
}

asio::awaitable<std::optional<verification>> verify_completion(work_item& item) {
    const auto waiting = std::ranges::count_if(item.unverified, [](const auto& change) {
        return change.decision.verified();
    });
    batch together(item, std::exchange(item.unverified, {}), extent::acceptance);
    auto found = co_await together.judge();
    item.run.waiting -= static_cast<int>(waiting);
    co_return found;
}

asio::awaitable<void> abandon_waiting(work_item& item) {
    for (const auto& change : take_waiting(item)) {
        co_await item.run.emit(events::verify_ended{
            item.it.id, change.cycle, verdict::indeterminate, 1, "the intention has failed"
        });
        co_await report_to_trust(item, change.cycle, change.decision, verdict::indeterminate);
        --item.run.waiting;
    }
}

asio::awaitable<void> report_escapes(work_item& item, const std::vector<evidence>& found) {
    for (const auto& change : std::exchange(item.unverified, {})) {
        const bool wrong = std::ranges::any_of(found, [&](const evidence& e) {
            return e.result == verdict::fail && is_about_changes(e) &&
                   std::ranges::any_of(change.files, [&](const std::string& file) {
                       return e.check.ends_with(":" + file);
                   });
        });
        if (!wrong) continue;
        co_await report_to_trust(item, change.cycle, change.decision, verdict::fail);
        co_await book_outcome(item, change, verdict::fail, false);
    }
    co_await blame_changes(item, found);
}

}  // namespace riva::agents
