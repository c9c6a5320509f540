#include "run_context.hpp"

#include "recorded_pass.hpp"

#include <riva/runtime/crash_point.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>

namespace riva::agents {
namespace {

bool belongs_in_journal(const events::body& body) {
    return !std::holds_alternative<events::model_delta>(body);
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

}  // namespace

asio::awaitable<void> run_context::emit(events::body body) {
    if (again != nullptr) co_return co_await tell_again(std::move(body));
    // Nothing is numbered that will not be written.
    const auto cancelled = co_await asio::this_coro::cancellation_state;
    if (cancelled.cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error(asio::error::operation_aborted);
    event e;
    e.run = id;
    e.body = std::move(body);
    // At once, so that whoever decides and then tells has the number of that moment.
    e.seq = belongs_in_journal(e.body) ? ++seq : seq;
    co_await asio::co_spawn(
        co_await asio::this_coro::executor,
        record_and_tell(std::move(e)),
        asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable)
    );
}

asio::awaitable<void> run_context::emit_end(const intention& it) {
    co_await emit(events::intention_ended{
        it.id, it.status, it.grade, it.reason, static_cast<int>(it.trace.size())
    });
}

asio::awaitable<void> run_context::record_and_tell(event e) {
    e.time =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    if (belongs_in_journal(e.body)) {
        const auto written = co_await record->append(e);
        if (!written)
            throw run_over(
                "error",
                {"journal", written.error().context, "Nothing was applied; see riva doctor."}
            );
        std::visit([](const auto& recorded) { pass_recorded(recorded); }, e.body);
    }
    co_await observe(std::move(e));
}

asio::awaitable<void> run_context::tell_again(events::body body) {
    if (!belongs_in_journal(body)) co_return;
    auto told = again->tell(std::move(body));
    co_await observe(co_await std::move(told));
}

asio::awaitable<void> run_context::observe(event e) {
    if (const auto* started = std::get_if<events::intention_started>(&e.body)) {
        open_intentions.insert(started->intention);
        ++attempts[started->intention];
    }
    if (const auto* ended = std::get_if<events::intention_ended>(&e.body))
        open_intentions.erase(ended->intention);
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
