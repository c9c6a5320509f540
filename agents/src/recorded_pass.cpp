#include "recorded_pass.hpp"

#include "run_context.hpp"
#include "run_driver.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

namespace riva::agents {
namespace {

/// All is at hand, so nobody waits for long unless those ahead do not come.
constexpr std::chrono::seconds patience{30};

/// Events that tell what the world outside did, of which no decision knows beforehand.
bool comes_from_outside(const events::body& body) {
    if (const auto* diff = std::get_if<events::workspace_diff>(&body)) return diff->applied;
    const std::string_view type = type_name(body);
    return type == "log" || type.starts_with("effect.") || type.starts_with("memory.");
}

/// Numbers as they are after having been written and read.
events::body as_recorded(const event& e) {
    const auto read = event_from_json(to_json(e));
    return read ? read->body : e.body;
}

bool is_of_the_end(const events::body& body) {
    if (const auto* ended = std::get_if<events::intention_ended>(&body))
        return ended->status == intention_status::cancelled && ended->reason == end_of_run;
    if (const auto* note = std::get_if<events::log>(&body)) return note->intention.empty();
    return std::holds_alternative<events::run_result>(body);
}

/// How far an intention got between two events when it was ended from outside nobody can know.
void take_over_cycles(events::body& again, const events::body& recorded) {
    auto* here = std::get_if<events::intention_ended>(&again);
    const auto* there = std::get_if<events::intention_ended>(&recorded);
    if (here != nullptr && there != nullptr) here->cycles = there->cycles;
}

run_over different() {
    return {"error", {"replay", "What was done again differs from what was recorded.", ""}};
}

bool is_outside(const events::run_result& result) {
    if (result.outcome == "error") return !result.error || result.error->kind != "model";
    return result.outcome == "cancelled" || result.outcome == "exhausted";
}

}  // namespace

std::string lane_of(const events::body& body) {
    if (std::holds_alternative<events::effect_prepared>(body)) return {};
    return std::visit(
        [](const auto& b) -> std::string {
            if constexpr (requires { b.intention; }) return b.intention;
            return {};
        },
        body
    );
}

recorded_pass::recorded_pass(asio::any_io_executor executor, std::span<const event> all)
    : executor_(std::move(executor)) {
    for (const event& e : all) {
        lanes_[lane_of(e.body)].push_back(all_.size());
        all_.push_back({&e, std::nullopt});
        if (const auto* result = std::get_if<events::run_result>(&e.body)) result_ = result;
    }
    find_end_from_outside();
}

void recorded_pass::find_end_from_outside() {
    closing_ = all_.size();
    cut_ = result_ == nullptr || is_outside(*result_);
    if (!cut_ || result_ == nullptr) return;
    while (closing_ > 0 && is_of_the_end(all_[closing_ - 1].recorded->body)) --closing_;
}

const event* recorded_pass::next(const std::string& lane) const {
    const auto found = lanes_.find(lane);
    if (found == lanes_.end() || found->second.empty()) return nullptr;
    const std::size_t position = found->second.front();
    if (position >= closing_ && !closing_now_) return nullptr;
    return all_[position].recorded;
}

std::uint64_t recorded_pass::next_seq(const std::string& lane) const {
    const event* e = next(lane);
    return e == nullptr ? 0 : e->seq;
}

void recorded_pass::take(std::size_t position, event as) {
    auto& lane = lanes_[lane_of(all_[position].recorded->body)];
    std::erase(lane, position);
    all_[position].again = std::move(as);
    while (head_ < all_.size() && all_[head_].again) ++head_;
    skip_what_nobody_tells();
    wake_all();
}

/// Notes of the run itself that came from outside while its intentions were at work.
void recorded_pass::skip_what_nobody_tells() {
    while (head_ < closing_) {
        const event& e = *all_[head_].recorded;
        if (!comes_from_outside(e.body) || !lane_of(e.body).empty()) return;
        std::erase(lanes_[std::string()], head_);
        all_[head_].again = e;
        while (head_ < all_.size() && all_[head_].again) ++head_;
    }
}

void recorded_pass::differ(const event* recorded, std::string again) {
    difference_.emplace();
    if (recorded != nullptr) {
        difference_->seq = recorded->seq;
        difference_->recorded = to_json(*recorded);
    }
    difference_->again = std::move(again);
    wake_all();
    throw different();
}

/// Whoever else is at work ends as well.
void recorded_pass::end_if_different() const {
    if (difference_) throw different();
}

void recorded_pass::wake_all() {
    for (auto& one : waiting_) one.cancel();
}

asio::awaitable<void> recorded_pass::wait_until(std::size_t position) {
    const auto mine = waiting_.emplace(waiting_.end(), executor_);
    const auto leave = [&](auto*) { waiting_.erase(mine); };
    const std::unique_ptr<asio::steady_timer, decltype(leave)> here(&*mine, leave);
    while (head_ < position && !difference_) {
        here->expires_after(patience);
        const auto [stopped] = co_await here->async_wait(asio::as_tuple(asio::use_awaitable));
        if (!stopped && head_ < position)
            differ(
                all_[head_].recorded, "nothing: whoever should tell it waits for something else"
            );
    }
    end_if_different();
}

/// The end from outside holds for all lanes at the same moment.
asio::awaitable<void> recorded_pass::stop() {
    co_await wait_until(closing_);
    closing_now_ = true;
    if (result_ == nullptr) throw run_over("cancelled", {"killed", "The process was killed.", ""});
    throw run_over(result_->outcome, result_->error.value_or(events::failure{}));
}

asio::awaitable<void> recorded_pass::wait_for_turn(std::string lane) {
    end_if_different();
    const event* e = next(lane);
    if (e == nullptr && cut_ && !closing_now_) co_await stop();
    if (e != nullptr) co_await wait_until(lanes_[lane].front());
}

asio::awaitable<void> recorded_pass::wait_for_end() {
    if (cut_ && !difference_) co_await wait_until(closing_);
}

asio::awaitable<event> recorded_pass::pass_over(std::string lane) {
    co_await wait_for_turn(lane);
    const event* e = next(lane);
    if (e == nullptr) differ(nullptr, "more than was recorded of intention " + lane);
    take(lanes_[lane].front(), *e);
    co_return *e;
}

asio::awaitable<event> recorded_pass::tell(events::body body) {
    const std::string lane = lane_of(body);
    while (true) {
        end_if_different();
        // Of a process that was killed nobody told the end.
        event again;
        if (closing_now_ && result_ == nullptr) {
            again.body = std::move(body);
            co_return again;
        }
        const event* e = next(lane);
        if (e == nullptr && cut_ && !closing_now_) co_await stop();
        if (e != nullptr) again = *e;
        again.body = std::move(body);
        again.body = as_recorded(again);
        if (e == nullptr) differ(nullptr, to_json(again));
        if (cut_ && closing_now_) take_over_cycles(again.body, e->body);
        if (again.body == e->body) {
            co_await wait_until(lanes_[lane].front());
            take(lanes_[lane].front(), again);
            co_return again;
        }
        if (!comes_from_outside(e->body)) differ(e, to_json(again));
        body = std::move(again.body);
        co_await pass_over(lane);
    }
}

events::run_result recorded_pass::measured(events::run_result again) const {
    if (result_ == nullptr) return again;
    if (cut_) return *result_;
    again.wall_ms = result_->wall_ms;
    // That a change could not be applied is known outside only.
    if (!again.error && result_->error && result_->error->kind == "apply")
        again.error = result_->error;
    return again;
}

std::vector<file_change> recorded_pass::base() const {
    std::vector<file_change> files;
    std::set<std::string> seen;
    for (const entry& each : all_) {
        const auto* done = std::get_if<events::action_executed>(&each.recorded->body);
        if (done == nullptr) continue;
        for (const auto& file : done->outcome.files)
            if (seen.insert(file.path).second && !file.before.empty()) files.push_back(file);
    }
    return files;
}

void recorded_pass::finish() {
    if (!difference_ && head_ < all_.size())
        difference_ = divergence{
            all_[head_].recorded->seq,
            to_json(*all_[head_].recorded),
            "nothing: the work was over before that"
        };
}

std::vector<event> recorded_pass::told() const {
    std::vector<event> told;
    for (const entry& each : all_) {
        if (!each.again) break;
        told.push_back(*each.again);
    }
    return told;
}

}  // namespace riva::agents
