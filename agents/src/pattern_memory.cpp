#include "pattern_memory.hpp"

#include "pattern_archive.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace riva::agents {
namespace {

bool is_on(const run_context& run) {
    return run.options.memory && run.options.pattern_memory == strategy::optimized;
}

asio::awaitable<void> warn(run_context& run, std::string what, const error& why) {
    co_await run.emit(events::log{"warning", std::move(what) + why.context});
}

/// Few enough digits to be read from the journal as the same number.
double rounded(double number) {
    return std::round(number * 1e4) / 1e4;
}

events::pattern_basis basis_of(const memory::pattern_row& row) {
    events::pattern_basis basis;
    basis.pattern = row.pattern;
    basis.attempts = row.attempts();
    basis.passed = rounded(row.passed);
    basis.failed = rounded(row.failed);
    basis.failed_last =
        row.last_failure && (!row.last_success || *row.last_failure >= *row.last_success);
    const auto standing = verify::assess_pattern(outcomes_in(basis));
    basis.bound = rounded(standing.lower);
    basis.advice = verify::to_string(standing.advice);
    return basis;
}

/// Outcomes of a tier, those of long ago counting less, before its record counts.
constexpr double fewest_of_a_tier = 3;

/// Completing an intention is a kind of work too.
std::string pattern_of_tier(const run_context& run, llm::tier t) {
    return "complete by " + std::string(run.role->name()) + " " + std::string(llm::to_string(t));
}

/// The same in all passes over the run.
std::string step_of(const std::string& intention, int attempt, int cycle) {
    return intention + "/" + std::to_string(attempt) + "/" + std::to_string(cycle);
}

asio::awaitable<void> learn(run_context& run, const booked_change& about, bool passed) {
    memory::pattern_outcome seen;
    seen.pattern = about.pattern;
    seen.run = run.id;
    seen.step = about.step;
    if (about.files.size() == 1) seen.file = about.files.front();
    seen.passed = passed;
    const auto added =
        co_await run.patterns->add(run.job.repository.string(), std::move(seen), run.blocking);
    if (!added)
        co_await warn(run, "How a change came out could not be remembered: ", added.error());
}

bool is_below(const std::string& intention, const std::string& root) {
    return intention == root || intention.starts_with(root + ".");
}

}  // namespace

verify::pattern_outcomes outcomes_in(const events::pattern_basis& known) {
    return {known.passed, known.failed, known.failed_last};
}

asio::awaitable<std::optional<events::pattern_basis>> recall_pattern(
    work_item& item, const std::string& pattern
) {
    run_context& run = item.run;
    if (!is_on(run)) co_return std::nullopt;
    const auto* recorded = run.find_decision(item.it.id, item.steps);
    // What was decided without it, or with it, is decided the same way again.
    if (recorded != nullptr && !recorded->pattern) co_return std::nullopt;
    if (recorded != nullptr && recorded->pattern->pattern == pattern) co_return recorded->pattern;
    if (run.patterns == nullptr) co_return std::nullopt;
    const auto row =
        co_await run.patterns->find(run.job.repository.string(), pattern, run.blocking);
    if (row) co_return basis_of(*row);
    co_await warn(run, "How such changes came out before cannot be read: ", row.error());
    co_return std::nullopt;
}

asio::awaitable<llm::tier_standings> recall_tiers(run_context& run) {
    llm::tier_standings all;
    if (!is_on(run) || run.patterns == nullptr) co_return all;
    for (const llm::tier t : llm::all_tiers) {
        const auto row = co_await run.patterns->find(
            run.job.repository.string(), pattern_of_tier(run, t), run.blocking
        );
        if (!row) {
            co_await warn(run, "How the tiers did before cannot be read: ", row.error());
            co_return llm::tier_standings{};
        }
        if (row->passed + row->failed < fewest_of_a_tier) continue;
        const auto standing = verify::assess_pattern({row->passed, row->failed, false});
        all[static_cast<std::size_t>(t)] =
            llm::tier_standing{row->attempts(), standing.lower, standing.mean, standing.upper};
    }
    co_return all;
}

asio::awaitable<void> book_outcome(
    work_item& item, const deferred_change& change, verdict outcome, bool completes
) {
    run_context& run = item.run;
    if (!is_on(run) || run.patterns == nullptr) co_return;
    if (outcome != verdict::pass && outcome != verdict::fail) co_return;
    const auto attempt = run.attempts.find(item.it.id);
    booked_change about{
        item.it.id,
        step_of(item.it.id, attempt == run.attempts.end() ? 1 : attempt->second, change.cycle),
        change.pattern,
        change.files
    };
    const bool passed = outcome == verdict::pass;
    // What was skipped was let through by nobody who could teach anything.
    if (change.decision.verified() || !passed) co_await learn(run, about, passed);
    if (completes) {
        const booked_change of_tier{
            about.intention, about.step + " tier", pattern_of_tier(run, change.by), {}
        };
        co_await learn(run, of_tier, passed);
    }
    if (passed) run.booked.push_back(std::move(about));
}

asio::awaitable<void> blame_taken_back(run_context& run, std::vector<taken_back_file> files) {
    if (!is_on(run) || run.patterns == nullptr) co_return;
    for (const auto& one : files) {
        const auto refuted = co_await run.patterns->refute(
            run.job.repository.string(), one.run, one.file, run.blocking
        );
        if (!refuted)
            co_await warn(run, "That a change was taken back could not be kept: ", refuted.error());
    }
}

asio::awaitable<void> blame_changes(work_item& item, const std::vector<evidence>& found) {
    run_context& run = item.run;
    if (!is_on(run) || run.patterns == nullptr) co_return;
    for (const auto& e : found) {
        const bool of_changes = e.layer == layer::syntax || e.layer == layer::semantic;
        if (e.result != verdict::fail || !of_changes) continue;
        const auto wrong = std::find_if(run.booked.rbegin(), run.booked.rend(), [&](const auto& b) {
            return is_below(b.intention, item.it.id) &&
                   std::ranges::any_of(b.files, [&](const std::string& file) {
                       return e.check.ends_with(":" + file);
                   });
        });
        if (wrong == run.booked.rend()) continue;
        const booked_change about = std::move(*wrong);
        run.booked.erase(std::next(wrong).base());
        co_await learn(run, about, false);
    }
}

}  // namespace riva::agents
