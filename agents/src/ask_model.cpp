#include "ask_model.hpp"

#include <riva/llm/error.hpp>
#include <riva/runtime/digest.hpp>
#include <riva/runtime/task_group.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <deque>
#include <optional>

namespace riva::agents {
namespace {

/// Events that come up inside of a callback, emitted by a coroutine beside the call.
struct event_pump {
    explicit event_pump(const asio::any_io_executor& on) : wake(on) {}

    std::deque<events::body> waiting;
    asio::steady_timer wake;
    bool closed = false;

    void push(events::body body) {
        waiting.push_back(std::move(body));
        wake.cancel();
    }

    void close() {
        closed = true;
        wake.cancel();
    }

    asio::awaitable<void> run(run_context& context) {
        while (true) {
            while (!waiting.empty()) {
                events::body next = std::move(waiting.front());
                waiting.pop_front();
                co_await context.emit(std::move(next));
            }
            if (closed) co_return;
            wake.expires_at(asio::steady_timer::time_point::max());
            co_await wake.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }
};

struct call {
    llm::chat_request request;
    events::model_started announced;
    std::optional<result<llm::chat_reply>> reply;
};

asio::awaitable<void> complete(run_context& run, call& c, event_pump& pump) {
    llm::stream_observer observer;
    observer.on_event = [&](const llm::stream_event& event) {
        if (const auto* delta = std::get_if<llm::text_delta>(&event))
            pump.push(events::model_delta{c.announced.intention, std::string(delta->text)});
    };
    observer.on_attempt = [&](int number, const error* after) {
        if (after != nullptr)
            pump.push(events::log{"warning", "Asking the model again: " + after->context});
        c.announced.attempt = number;
        pump.push(c.announced);
    };
    c.reply = co_await run.brain->complete(
        c.request, observer, min(run.by, deadline::in(run.options.model_timeout))
    );
    pump.close();
}

/// Whether a failure says something about this answer only.
bool is_about_the_answer(const error_code& code) {
    return code == llm::errc::malformed_answer || code == llm::errc::schema_mismatch ||
           code == llm::errc::answer_too_long || code == llm::errc::refused_by_model ||
           code == llm::errc::truncated_answer;
}

void account(run_context& run, const events::model_ended& ended) {
    auto& total = run.result.usage;
    auto& tier = total.by_tier[ended.tier];
    ++total.calls;
    ++tier.calls;
    total.input_tokens += ended.input_tokens;
    tier.input_tokens += ended.input_tokens;
    total.output_tokens += ended.output_tokens;
    tier.output_tokens += ended.output_tokens;
}

[[noreturn]] void give_up(const run_context& run, const error& why) {
    if (why.code == condition::timed_out) run.check_limits();
    throw run_over(
        "error",
        {"provider",
         why.context,
         "Check the model with its provider, or name another one with --model; nothing was applied."
        }
    );
}

}  // namespace

asio::awaitable<result<std::string>> ask_model(run_context& run, question what) {
    call c;
    c.request.messages = {
        {llm::role::system, std::string(what.system)}, {llm::role::user, std::move(what.prompt)}
    };
    c.request.schema = llm::answer_schema{std::string(what.schema_name), std::string(what.schema)};
    c.request.max_output_tokens = run.options.max_output_tokens;
    c.announced = {what.intention, std::string(what.schema_name), "large", run.brain->name(), 1};

    // An answer of the wrong shape is asked for once more, with the first answer in the prompt.
    const std::int64_t prompt_tokens = llm::estimate_tokens(c.request);
    auto lease = run.money.reserve({.tokens = 2 * prompt_tokens + 3 * run.options.max_output_tokens});
    if (!lease)
        throw run_over(
            "exhausted",
            {"tokens",
             lease.error().context,
             "Raise max_tokens or max_calls, or make the task smaller."}
        );

    const auto start = std::chrono::steady_clock::now();
    event_pump pump(co_await asio::this_coro::executor);
    task_group group(2, on_failure::cancel_siblings);
    group.add([&] { return complete(run, c, pump); });
    group.add([&] { return pump.run(run); });
    const auto failures = co_await group.run();
    if (!failures.empty()) std::rethrow_exception(failures.front());

    const result<llm::chat_reply>& reply = *c.reply;
    events::model_ended ended;
    ended.intention = what.intention;
    ended.purpose = c.announced.purpose;
    ended.tier = c.announced.tier;
    ended.model = c.announced.model;
    ended.attempt = c.announced.attempt;
    ended.request = sha256(c.request.messages.back().content);
    ended.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                            std::chrono::steady_clock::now() - start
    )
                            .count();
    if (reply) {
        ended.stop = llm::to_string(reply->stop);
        ended.reply = reply->text;
        ended.input_tokens = reply->usage.input;
        ended.output_tokens = reply->usage.output;
        lease->settle({.tokens = reply->usage.input + reply->usage.output});
    } else {
        ended.error = reply.error().context;
        lease->settle({.tokens = prompt_tokens});  // what a failed call cost is not known; the prompt was sent
    }
    account(run, ended);
    co_await run.emit(ended);
    if (reply) co_return reply->text;
    if (!is_about_the_answer(reply.error().code)) give_up(run, reply.error());
    co_return reply.error();
}

}  // namespace riva::agents
