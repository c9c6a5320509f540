#include "hedged_model.hpp"

#include <riva/llm/charge.hpp>
#include <riva/runtime/bell.hpp>
#include <riva/runtime/task_group.hpp>

#include <boost/asio/this_coro.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace riva::llm {
namespace {

/// True for what a model says, false for what is said about its answer.
bool is_progress(const stream_event& event) {
    return !std::holds_alternative<answer_started>(event) &&
           !std::holds_alternative<usage_reported>(event) &&
           !std::holds_alternative<answer_failed>(event);
}

/// One question to two models.
class race {
public:
    race(
        governed_side& first,
        governed_side& second,
        const chat_request& request,
        const stream_observer& observer,
        deadline by,
        asio::any_io_executor executor
    )
        : first_(first),
          second_(second),
          request_(request),
          observer_(observer),
          by_(by),
          decided_(first.governor->time(), std::move(executor)) {}

    asio::awaitable<result<chat_reply>> run(clock::time_point hedge_at) {
        task_group both(2, on_failure::cancel_siblings);
        both.add([&] { return run_first(); });
        both.add([&] { return run_second(hedge_at); });
        const auto failures = co_await both.run();
        if (!failures.empty()) std::rethrow_exception(failures.front());
        co_return conclude();
    }

private:
    struct runner {
        explicit runner(governed_side& one) : side(one) {}

        governed_side& side;
        task_group group{1};
        std::optional<result<chat_reply>> reply;
        bool sent = false;
        std::string id, model;  // of an answer that has started and said nothing yet
    };

    asio::awaitable<void> run_first() {
        co_await pursue(first_);
        decided_.ring();
    }

    asio::awaitable<void> run_second(clock::time_point hedge_at) {
        if (co_await decided_.wait_until(hedge_at)) co_return;
        if (second_.side.governor->healthy() && first_.side.governor->take_hedge())
            co_await pursue(second_);
    }

    /// Asks, to the end or until the other one leads.
    asio::awaitable<void> pursue(runner& one) {
        one.group.add([this, &one] { return ask(one); });
        const auto failures = co_await one.group.run();
        if (!failures.empty()) std::rethrow_exception(failures.front());
    }

    asio::awaitable<void> ask(runner& one) {
        stream_observer watch;
        watch.on_attempt = [this, &one](int, const error* after) {
            if (observer_.on_attempt) observer_.on_attempt(attempts_ + 1, after);
            ++attempts_;
            one.sent = true;
        };
        watch.on_event = [this, &one](const stream_event& event) { take(one, event); };
        auto reply = co_await one.side.model->complete(request_, std::move(watch), by_);
        if (reply && leader_ == nullptr) lead(one);
        one.reply = std::move(reply);
    }

    void take(runner& one, const stream_event& event) {
        if (leader_ == nullptr) {
            if (const auto* started = std::get_if<answer_started>(&event)) {
                one.id = started->id;
                one.model = started->model;
            }
            if (!is_progress(event)) return;
            lead(one);
            tell(answer_started{one.id, one.model});
        }
        if (leader_ == &one) tell(event);
    }

    void tell(const stream_event& event) {
        if (observer_.on_event) observer_.on_event(event);
    }

    void lead(runner& one) {
        leader_ = &one;
        other(one).group.cancel();
        decided_.ring();
    }

    runner& other(const runner& one) { return &one == &first_ ? second_ : first_; }

    result<chat_reply> conclude() {
        runner& given = leader_ == nullptr ? first_ : *leader_;
        result<chat_reply> reply = std::move(*given.reply);
        if (!reply) return reply;
        reply->attempts = attempts_;
        const runner& lost = other(given);
        if (lost.sent) reply->also_asked = {lost.side.model->name(), charge_for(lost)};
        return reply;
    }

    token_usage charge_for(const runner& lost) const {
        request_size size;
        size.input = estimate_tokens(request_);
        size.most_output = request_.max_output_tokens;
        return lost.reply ? charge_after(lost.reply->error().code, size) : worst_charge(size);
    }

    runner first_;
    runner second_;
    const chat_request& request_;
    const stream_observer& observer_;
    deadline by_;
    bell decided_;
    runner* leader_ = nullptr;  // whose answer is given
    int attempts_ = 0;
};

}  // namespace

asio::awaitable<result<chat_reply>> hedged_model::complete(
    chat_request request, stream_observer observer, deadline by
) {
    std::optional<clock::duration> delay;
    if (request.side_effect_free) delay = first_.governor->plan_hedge();
    if (!delay)
        co_return co_await first_.model->complete(std::move(request), std::move(observer), by);
    race both(first_, second_, request, observer, by, co_await asio::this_coro::executor);
    co_return co_await both.run(first_.governor->time().now() + *delay);
}

}  // namespace riva::llm
