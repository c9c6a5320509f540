#include "run_driver.hpp"

#include "canaries.hpp"
#include "delivery.hpp"
#include "recorded_pass.hpp"
#include "remember.hpp"
#include "run_plan.hpp"
#include "trust_archive.hpp"
#include "work.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <utility>

#ifndef RIVA_VERSION
#error "the build defines RIVA_VERSION"
#endif

namespace riva::agents {
namespace {

class run_driver {
public:
    run_driver(run_context& context, report& into) : run_(context), report_(into) {}

    /// Works. Always ends with the event `run.result`, unless the journal itself is lost.
    asio::awaitable<void> drive(workspace tree) {
        tree_.emplace(std::move(tree));
        const auto start = std::chrono::steady_clock::now();
        std::exception_ptr unexpected;
        try {
            if (run_.again != nullptr)
                co_await run_.again->pass_over({});
            else if (run_.earlier.last_seq() == 0)
                co_await run_.emit(started());
            else
                co_await run_.emit(resumed());
            co_await recall_checks();
            if (run_.again == nullptr) co_await learn(run_);
            complexity prior = co_await begin(run_, report_.root, *tree_, 0);
            co_await work(run_, report_.root, *tree_, run_.money, {}, std::move(prior));
            co_await run_.emit_end(report_.root);
            refuse_unverified();
            run_.result.outcome = to_string(report_.root.status);
            lost_to_the_model();
            co_await measure_checks();
        } catch (const run_over& end) {
            run_.result.outcome = end.outcome();
            run_.result.error = end.why();
        } catch (...) {
            unexpected = std::current_exception();
            run_.result.outcome = "cancelled";
        }
        // What follows is short, and the last event must be written whatever happens.
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        run_.result.wall_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                                  std::chrono::steady_clock::now() - start
        )
                                  .count();
        if (run_.again != nullptr) run_.again->begin_end();
        co_await finish();
        if (unexpected) std::rethrow_exception(unexpected);
    }

private:
    events::run_started started() const {
        return {
            run_.job.what,
            run_.job.acceptance,
            std::string(run_.role->name()),
            run_.job.repository.string(),
            RIVA_VERSION,
            run_.options.describe(),
            run_.job.checks,
            run_.job.write,
            tree_->base().tree_hash(),
            run_.seed
        };
    }

    events::run_resumed resumed() const {
        return {run_.earlier.last_seq(), RIVA_VERSION, run_.options.describe(), run_.job.write};
    }

    /// What was deferred is verified before a run ends with a result.
    void refuse_unverified() const {
        if (report_.root.status == intention_status::failed || run_.waiting == 0) return;
        throw run_over(
            "error",
            {"verification",
             std::to_string(run_.waiting) + " changes were never verified.",
             "Nothing was applied; this is a fault of riva."}
        );
    }

    /// The outcome is known: being cancelled now only ends the measuring.
    asio::awaitable<void> measure_checks() {
        const bool by_evidence = report_.root.grade == evidence_grade::executed ||
                                 report_.root.grade == evidence_grade::statically;
        if (run_.result.outcome != "verified" || !by_evidence || run_.options.canaries == 0)
            co_return;
        if (run_.again != nullptr) co_return co_await measure_again();
        try {
            co_await release_canaries(run_, report_.root, *tree_, canaries_);
        } catch (const boost::system::system_error& stopped) {
            if (stopped.code() != asio::error::operation_aborted) throw;
        }
    }

    asio::awaitable<void> measure_again() {
        auto& counts = run_.result.verification;
        while (const auto* seen = run_.again->next_as<events::verify_canary>(report_.root.id)) {
            if (seen->outcome == "caught") ++counts.canaries_caught;
            if (seen->outcome == "caught" || seen->outcome == "missed") ++counts.canaries;
            co_await run_.again->pass_over(report_.root.id);
        }
    }

    /// A run that failed only because no answer could be used, or because policy refused
    /// everything, says so.
    void lost_to_the_model() {
        const auto& root = report_.root;
        if (root.status != intention_status::failed || root.trace.empty() || !root.children.empty())
            return;
        bool all_denied = true, all_lost = true;
        for (const auto& c : root.trace) {
            all_denied &= c.denied;
            all_lost &= !c.denied && c.thought.empty() && c.found.empty() && !c.error.empty() &&
                        c.outcome == outcome{};
        }
        if (all_denied) {
            run_.result.outcome = "denied";
            run_.result.error = {
                "denied", root.trace.back().error, "Use --approve ask to decide yourself."
            };
        } else if (all_lost) {
            run_.result.outcome = "error";
            run_.result.error = {
                "model", root.trace.back().error, "Try another model with --model."
            };
        }
    }

    /// How the checks of this project have done decides which of them run first.
    asio::awaitable<void> recall_checks() {
        if (run_.kept_checks == nullptr) co_return;
        const auto known =
            co_await run_.kept_checks->load(run_.job.repository.string(), run_.blocking);
        if (known)
            run_.checks.know(*known);
        else
            co_await run_.emit(events::log{"warning", known.error().context});
    }

    asio::awaitable<void> keep_checks() {
        auto news = run_.checks.take_news();
        if (run_.kept_checks == nullptr || news.empty()) co_return;
        const auto kept = co_await run_.kept_checks->add(
            run_.job.repository.string(), std::move(news), run_.blocking
        );
        if (!kept) co_await run_.emit(events::log{"warning", kept.error().context});
    }

    asio::awaitable<void> remember_canaries() {
        if (run_.archive == nullptr) co_return;
        const auto added = co_await run_.archive->add(run_.job, canaries_, run_.blocking);
        if (!added)
            co_await run_.emit(events::log{
                "warning",
                "How much the checks find could not be remembered: " + added.error().context
            });
    }

    asio::awaitable<void> finish() {
        const bool kept = run_.result.outcome == "verified" || run_.result.outcome == "unverified";
        try {
            co_await remember_canaries();
            co_await end_intentions(report_.root);
            co_await keep_checks();
            co_await note_use(run_);
            describe_end();
            if (kept) co_await hand_over();
        } catch (const run_over& end) {
            run_.result.outcome = end.outcome();
            run_.result.error = end.why();
        }
        try {
            describe_end();
            if (run_.again != nullptr)
                run_.result = run_.again->measured(std::move(run_.result));
            else
                co_await tree_->discard_objects(report_.changes, run_.result.resumable);
            co_await tree_->close();
            co_await run_.emit(run_.result);
        } catch (const run_over& end) {
            run_.result.outcome = end.outcome();
            run_.result.error = end.why();
        }
        report_.result = run_.result;
    }

    void describe_end() {
        run_.result.grade = report_.root.grade;
        run_.result.first_try = run_.result.outcome == "verified" && !run_.earlier.had_result();
        run_.result.resumable = is_resumable(run_.result.outcome);
    }

    /// No intention is left active, or done without its end having been told.
    asio::awaitable<void> end_intentions(intention& it) {
        for (auto& child : it.children) co_await end_intentions(child);
        const bool open = run_.open_intentions.contains(it.id);
        if (it.status != intention_status::active && !open) co_return;
        it.status = intention_status::cancelled;
        it.grade = evidence_grade::none;
        it.reason = end_of_run;
        if (open) co_await run_.emit_end(it);
    }

    asio::awaitable<void> hand_over() {
        if (run_.again != nullptr) co_return co_await deliver_again();
        co_await deliver(run_, report_, *tree_);
    }

    /// What the change came to and whether it could be applied is in the record; which files it
    /// is made of was found out again.
    asio::awaitable<void> deliver_again() {
        const auto changes = co_await tree_->changes();
        if (!changes) throw run_over("error", {"workspace", changes.error().context, ""});
        const auto* recorded = run_.again->next_as<events::workspace_diff>({});
        events::workspace_diff event;
        if (recorded != nullptr) event = *recorded;
        const auto known = [&](const changed_file& now) {
            const auto same = std::ranges::find(event.files, now.change, &changed_file::change);
            return same == event.files.end() ? now : *same;
        };
        std::vector<changed_file> files;
        std::ranges::transform(changes->files, std::back_inserter(files), known);
        for (const auto& file : files) run_.result.files.push_back(file.change.path);
        event.files = std::move(files);
        co_await run_.emit(std::move(event));
        while (run_.again->next({}) != nullptr && !run_.again->next_as<events::run_result>({}))
            co_await run_.again->pass_over({});
    }

    run_context& run_;
    report& report_;
    std::optional<workspace> tree_;
    canary_tally canaries_;
};

}  // namespace

asio::awaitable<void> drive(run_context& run, report& into, workspace tree) {
    run_driver driver(run, into);
    co_await driver.drive(std::move(tree));
}

}  // namespace riva::agents
