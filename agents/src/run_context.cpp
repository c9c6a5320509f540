#include "run_context.hpp"

#include "recorded_pass.hpp"

#include <riva/runtime/crash_point.hpp>
#include <riva/runtime/task_group.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace riva::agents {
namespace {

bool belongs_in_journal(const events::body& body) {
    return !std::holds_alternative<events::model_delta>(body);
}

/// More than that are not held in memory.
constexpr std::size_t most_held = 256;

/// Of what may follow a recorded answer: that which neither takes time nor is counted elsewhere.
bool may_wait(const events::model_ended& e) {
    return e.recorded;
}
bool may_wait(const events::action_proposed& e) {
    return !std::holds_alternative<run_command>(e.action);
}
template <class Body>
bool may_wait(const Body&) {
    return std::is_same_v<Body, events::intention_started> ||
           std::is_same_v<Body, events::memory_shown> ||
           std::is_same_v<Body, events::action_gated> ||
           std::is_same_v<Body, events::action_executed> ||
           std::is_same_v<Body, events::check_ended>;
}

void pass_recorded(const events::model_ended&) {
    pass(crash_point::answer_recorded);
}
void pass_recorded(const events::workspace_diff&) {
    pass(crash_point::diff_recorded);
}
void pass_recorded(const events::effect_prepared&) {
    pass(crash_point::effect_prepared);
}
void pass_recorded(const events::effect_applied&) {
    pass(crash_point::effect_applied);
}
void pass_recorded(const events::run_result&) {
    pass(crash_point::result_recorded);
}
template <class Other>
void pass_recorded(const Other&) {}

/// Whether the caller is cancelled meanwhile or not.
asio::awaitable<void> carry_to_end(asio::awaitable<void> work) {
    co_await asio::co_spawn(
        co_await asio::this_coro::executor,
        std::move(work),
        asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable)
    );
}

}  // namespace

asio::awaitable<void> run_context::emit(events::body body) {
    if (again != nullptr) co_return co_await tell_again(std::move(body));
    // Nothing is numbered that will not be written.
    const auto cancelled = co_await asio::this_coro::cancellation_state;
    if (cancelled.cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error(asio::error::operation_aborted);
    event e;
    e.run = id;
    e.time =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    e.body = std::move(body);
    if (!belongs_in_journal(e.body)) {
        e.seq = seq;
        co_return co_await carry_to_end(tell(std::move(e)));
    }
    // At once, so that whoever decides and then tells has the number of that moment.
    e.seq = ++seq;
    note(e.body);
    const bool waits = repeats(e.body) && held_.size() < most_held;
    held_.push_back(std::move(e));
    if (!waits) co_await carry_to_end(record_and_tell(std::exchange(held_, {})));
}

asio::awaitable<void> run_context::emit_end(const intention& it) {
    co_await emit(events::intention_ended{
        it.id, it.status, it.grade, it.reason, static_cast<int>(it.trace.size())
    });
}

bool run_context::repeats(const events::body& body) const {
    if (!std::visit([](const auto& told) { return may_wait(told); }, body)) return false;
    const auto attempt = attempts.find(lane_of(body));
    return attempt != attempts.end() && earlier.has_answer(attempt->first, attempt->second);
}

void run_context::note(const events::body& body) {
    if (const auto* started = std::get_if<events::intention_started>(&body)) {
        open_intentions.insert(started->intention);
        ++attempts[started->intention];
    }
    if (const auto* ended = std::get_if<events::intention_ended>(&body))
        open_intentions.erase(ended->intention);
}

/// Hands all to the journal at once, so that it waits for the disk only once.
asio::awaitable<void> run_context::record_and_tell(std::vector<event> all) {
    // The object lives until its coroutines have ended.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    const auto write_one = [&](std::size_t i) { return write(all[i]); };
    co_await fan_out(all.size(), all.size(), write_one, on_failure::collect_all);
    for (auto& e : all) co_await tell(std::move(e));
}

asio::awaitable<void> run_context::write(event e) {
    const auto written = co_await record->append(e);
    if (!written)
        throw run_over(
            "error", {"journal", written.error().context, "Nothing was applied; see riva doctor."}
        );
    std::visit([](const auto& recorded) { pass_recorded(recorded); }, e.body);
}

asio::awaitable<void> run_context::tell_again(events::body body) {
    if (!belongs_in_journal(body)) co_return;
    event told = co_await again->tell(std::move(body));
    note(told.body);
    co_await tell(std::move(told));
}

asio::awaitable<void> run_context::tell(event e) {
    if (watcher != nullptr) co_await watcher->observe(e);
}

const events::verify_decided* run_context::find_decision(const std::string& intention, int cycle)
    const {
    const auto attempt = attempts.find(intention);
    return earlier.find_decision(intention, cycle, attempt == attempts.end() ? 1 : attempt->second);
}

void run_context::check_limits() const {
    if (stop_asked)
        throw run_over("cancelled", {"interrupted", "Stopped at a safe point, as asked.", ""});
    if (by.expired())
        throw run_over(
            "exhausted",
            {"deadline",
             "The deadline passed before the task was verified.",
             "Give more time with --deadline."}
        );
    if (intentions > options.max_intentions)
        throw run_over(
            "exhausted",
            {"intentions",
             "The run needed more than " + std::to_string(options.max_intentions) + " intentions.",
             "Raise max_intentions, or make the task smaller."}
        );
}

}  // namespace riva::agents
