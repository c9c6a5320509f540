#include <riva/agents/replay.hpp>

#include "recorded_pass.hpp"
#include "replay_steps.hpp"
#include "run_context.hpp"
#include "run_driver.hpp"
#include "what_if.hpp"

#include <riva/agents/error.hpp>
#include <riva/runtime/run_on.hpp>

#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <span>
#include <string>
#include <utility>

namespace riva::agents {
namespace {

using events_of_pass = std::span<const event>;

/// Each pass begins with `run.started` or `run.resumed`.
std::vector<events_of_pass> split_passes(const std::vector<event>& all) {
    std::vector<events_of_pass> passes;
    auto from = all.begin();
    while (from != all.end()) {
        const auto to = std::find_if(std::next(from), all.end(), [](const event& e) {
            return std::holds_alternative<events::run_resumed>(e.body);
        });
        passes.emplace_back(from, to);
        from = to;
    }
    return passes;
}

const std::map<std::string, std::string>& settings_of(const event& first) {
    if (const auto* again = std::get_if<events::run_resumed>(&first.body)) return again->settings;
    return std::get<events::run_started>(first.body).settings;
}

/// The first model of a run that the host brought along.
std::string name_of_given(events_of_pass pass) {
    for (const event& e : pass)
        if (const auto* asked = std::get_if<events::model_started>(&e.body)) return asked->model;
    return "given";
}

result<void> check_replayable(const std::vector<event>& recorded) {
    const auto refuse = [](const std::string& why) {
        return error{errc::not_replayable, "The run cannot be replayed: " + why};
    };
    const auto* started =
        recorded.empty() ? nullptr : std::get_if<events::run_started>(&recorded.front().body);
    if (started == nullptr) return refuse("its record does not begin with its start.");
    for (const event& e : recorded) {
        const auto* intention = std::get_if<events::intention_started>(&e.body);
        if (intention == nullptr || intention->intention != "1") continue;
        if (intention->complexity) return {};
        return refuse(
            "riva " + started->version + " recorded it without what that needs, first at event " +
            std::to_string(e.seq) + "."
        );
    }
    return {};
}

task task_of(const events::run_started& started, const std::string& run) {
    task t;
    t.what = started.task;
    t.acceptance = started.acceptance;
    t.repository = started.repository;
    t.checks = started.checks;
    t.agent = started.agent;
    t.run = run;
    return t;
}

/// Decisions that were recorded hold, also those of this pass.
earlier_pass earlier_of(const std::vector<event>& all, events_of_pass pass) {
    const auto begin = pass.data() - all.data();
    const auto end = begin + static_cast<std::ptrdiff_t>(pass.size());
    earlier_pass earlier(std::vector<event>(all.begin(), all.begin() + begin));
    earlier.decide_as(earlier_pass(std::vector<event>(all.begin(), all.begin() + end)));
    return earlier;
}

/// A pass that only completed what an earlier one had decided.
bool decides(events_of_pass pass) {
    return std::ranges::any_of(pass, [](const event& e) { return !lane_of(e.body).empty(); });
}

class replayer {
public:
    replayer(
        const std::vector<event>& recorded,
        const settings& own,
        const std::map<std::string, std::string>& changes
    )
        : all_(recorded), own_(own), changes_(changes) {}

    asio::awaitable<result<void>> replay(events_of_pass pass, replay_report& into) {
        ++into.passes;
        if (!decides(pass)) {
            std::ranges::copy(pass, std::back_inserter(into.events));
            co_return result<void>{};
        }
        const auto options = restore(own_, settings_of(pass.front()), {});
        if (!options) co_return options.error();
        const auto executor = co_await asio::this_coro::executor;
        const auto& started = std::get<events::run_started>(all_.front().body);
        const task job = task_of(started, pass.front().run);
        recorded_pass again(executor, pass);
        recorded_checkpoint decide(again);
        auto models = model_choice::remember(*options, name_of_given(pass));
        if (!models) co_return models.error();

        const auto other = restore(own_, settings_of(pass.front()), changes_);
        if (!other) co_return other.error();
        auto other_models = model_choice::remember(*other, name_of_given(pass));
        if (!other_models) co_return other_models.error();
        what_if besides{*other, std::move(*other_models)};

        run_context run(*options, job);
        if (!changes_.empty()) run.other = &besides;
        note_unanswerable(into, not_decided_again(*options, *other));
        run.id = job.run;
        run.seed = started.seed;
        run.blocking = executor;
        run.models = &*models;
        run.decide = &decide;
        run.role = find_agent(job.agent);
        run.again = &again;
        run.earlier = earlier_of(all_, pass);
        run.result.usage = run.earlier.spent();
        if (run.role == nullptr)
            co_return error{errc::unknown_agent, "There is no agent '" + job.agent + "'."};

        report outcome;
        outcome.root.what = job.what;
        outcome.root.acceptance = job.acceptance;
        co_await drive(run, outcome, workspace::imagine(again.base(), executor));
        again.finish();
        std::ranges::move(again.told(), std::back_inserter(into.events));
        std::ranges::move(besides.changed, std::back_inserter(into.changed));
        into.difference = again.difference();
        co_return result<void>{};
    }

private:
    /// Each once, in their order, whichever passes they differ in.
    static void note_unanswerable(replay_report& into, std::set<std::string> more) {
        more.insert(into.unanswerable.begin(), into.unanswerable.end());
        into.unanswerable.assign(more.begin(), more.end());
    }

    const std::vector<event>& all_;
    const settings& own_;
    const std::map<std::string, std::string>& changes_;
};

}  // namespace

asio::awaitable<result<replay_report>> replay(
    std::vector<event> recorded, settings own, std::map<std::string, std::string> changes
) {
    if (const auto able = check_replayable(recorded); !able) co_return able.error();
    replay_report report;
    result<void> done;
    replayer all(recorded, own, changes);
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    const auto on_strand = [&]() -> asio::awaitable<void> {
        for (const auto& pass : split_passes(recorded)) {
            done = co_await all.replay(pass, report);
            if (!done || report.difference) co_return;
        }
    };
    co_await run_on(asio::make_strand(co_await asio::this_coro::executor), on_strand);
    if (!done) co_return done.error();
    co_return report;
}

}  // namespace riva::agents
