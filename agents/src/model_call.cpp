#include "model_call.hpp"

#include "event_pump.hpp"

#include <riva/llm/charge.hpp>
#include <riva/llm/failure_scope.hpp>
#include <riva/runtime/digest.hpp>
#include <riva/runtime/task_group.hpp>

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <chrono>

namespace riva::agents {
namespace {

llm::token_usage operator+(llm::token_usage a, const llm::token_usage& b) {
    return a += b;
}

[[noreturn]] void refuse(const run_context& run, const ledger::shortage& why) {
    if (why.by != &run.money) throw intention_exhausted(why.explanation);
    switch (why.what) {
        case ledger::limit::calls:
            throw run_over("exhausted", {"calls", why.explanation, "Raise max_calls."});
        case ledger::limit::tokens:
            throw run_over(
                "exhausted",
                {"tokens", why.explanation, "Raise --max-tokens, or make the task smaller."}
            );
        case ledger::limit::money: break;
    }
    throw run_over(
        "exhausted",
        {"usd",
         why.explanation,
         "Raise --max-usd, choose a cheaper model, or lower "
         "max_output_tokens."}
    );
}

/// How much of what a model generates stands in an event.
std::size_t bytes_in(const llm::stream_event& event) {
    return std::visit(
        [](const auto& e) -> std::size_t {
            if constexpr (requires { e.text; }) return e.text.size();
            return 0;
        },
        event
    );
}

/// A call in all its requests: the first, those after a failure, and that after an answer of the
/// wrong shape.
class spending_call {
public:
    spending_call(const model_call& of, const llm::chat_request& request) : of_(of) {
        size_.input = llm::estimate_tokens(request);
        size_.most_output = request.max_output_tokens;
        const cost most = worst();
        if (const auto shortage = of.what.account->find_shortage(most)) refuse(of.run, *shortage);
        lease_ = of.what.account->reserve(most).value();
    }

    /// A cancelled call has cost what was at risk, and is counted.
    ~spending_call() {
        if (sent_ && !booked_) count(billed_ + llm::worst_charge(size_));
    }
    spending_call(const spending_call&) = delete;
    spending_call& operator=(const spending_call&) = delete;

    void before_request(const error* after) {
        if (after != nullptr) reserve_again(after->code);
        sent_ = true;
        lease_.at_risk(of_.with.price(billed_) + worst());
    }

    void received(const llm::stream_event& event) {
        if (const auto* counts = std::get_if<llm::usage_reported>(&event)) {
            size_.input = std::max(size_.input, counts->usage.input);
            size_.answered = std::max(size_.answered, counts->usage.output);
        } else if (const std::size_t bytes = bytes_in(event); bytes > 0) {
            bytes_ += static_cast<std::int64_t>(bytes);
            size_.answered = std::max(size_.answered, bytes_ / 4 + 1);
        }
    }

    /// Returns what is booked.
    llm::token_usage book_failure(const error_code& why) {
        return book(sent_ ? billed_ + llm::charge_after(why, size_) : llm::token_usage());
    }

    llm::token_usage book(const llm::token_usage& used) {
        booked_ = true;
        lease_.settle(of_.with.price(used));
        count(used);
        return used;
    }

    /// What was booked, and why no further request could be sent; empty if none was refused.
    const llm::token_usage& billed() const { return billed_; }
    const std::string& refusal() const { return refusal_; }

private:
    cost worst() const { return of_.with.worst(size_.input, size_.most_output); }

    /// Makes room for another request, as the one before has used up some of the reservation.
    void reserve_again(const error_code& why) {
        billed_ = billed_ + llm::charge_after(why, size_);
        size_.input += size_.answered;  // an answer of the wrong shape is sent back with the reason
        size_.answered = bytes_ = 0;
        const cost billed = of_.with.price(billed_);
        lease_.at_risk(billed);
        const cost needed = billed + worst(), held = lease_.reserved();
        const cost more{needed.tokens - held.tokens, needed.micro_usd - held.micro_usd};
        if (const auto shortage = lease_.find_shortage(more)) {
            book(billed_);
            refusal_ = shortage->explanation;
            refuse(of_.run, *shortage);
        }
        lease_.grow(more).value();
    }

    void count(const llm::token_usage& used) {
        const auto add = [&](auto& to) {
            ++to.calls;
            to.input_tokens += used.input;
            to.output_tokens += used.output;
            to.micro_usd += of_.with.price(used).micro_usd;
            if (!of_.with.entry.price) ++to.unpriced_calls;
        };
        auto& total = of_.run.result.usage;
        add(total);
        add(total.by_tier[std::string(llm::to_string(of_.what.tier.tier))]);
    }

    const model_call& of_;
    ledger::lease lease_;
    llm::request_size size_;  ///< of the request under way
    std::int64_t bytes_ = 0;  ///< of its answer
    llm::token_usage billed_;  ///< for earlier requests
    std::string refusal_;
    bool sent_ = false;
    bool booked_ = false;
};

struct exchange {
    llm::chat_request request;
    events::model_started announced;
    std::optional<result<llm::chat_reply>> reply;
};

asio::awaitable<void> complete(
    const model_call& call, exchange& e, spending_call& money, event_pump& pump
) {
    llm::stream_observer observer;
    observer.on_event = [&](const llm::stream_event& event) {
        money.received(event);
        if (const auto* delta = std::get_if<llm::text_delta>(&event))
            pump.push(events::model_delta{e.announced.intention, std::string(delta->text)});
    };
    // What this throws ends the call before the request is sent.
    observer.on_attempt = [&](int number, const error* after) {
        money.before_request(after);
        if (after != nullptr)
            pump.push(events::log{
                "warning", std::string(asking_again) + after->context, e.announced.intention
            });
        e.announced.attempt = number;
        pump.push(e.announced);
    };
    e.reply = co_await call.with.model->complete(
        e.request, observer, min(call.run.by, deadline::in(call.run.options.model_timeout))
    );
    pump.close();
}

exchange prepare(const model_call& call) {
    const question& what = call.what;
    exchange e;
    e.request.messages = {
        {llm::role::system, std::string(what.system)}, {llm::role::user, what.prompt}
    };
    e.request.schema = llm::answer_schema{std::string(what.schema_name), std::string(what.schema)};
    e.request.max_output_tokens = call.max_output_tokens;
    e.request.side_effect_free = what.side_effect_free;
    e.announced = announcement(call);
    return e;
}

events::model_ended describe_end(
    const model_call& call,
    const exchange& e,
    const llm::token_usage& used,
    std::chrono::steady_clock::time_point start
) {
    events::model_ended ended;
    ended.intention = e.announced.intention;
    ended.purpose = e.announced.purpose;
    ended.tier = e.announced.tier;
    ended.model = e.announced.model;
    ended.attempt = e.announced.attempt;
    ended.request = sha256(e.request.messages.back().content);
    ended.told = call.what.told;
    ended.priced = call.with.entry.price.has_value();
    ended.input_tokens = used.input;
    ended.output_tokens = used.output;
    ended.micro_usd = call.with.price(used).micro_usd;
    ended.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                            std::chrono::steady_clock::now() - start
    )
                            .count();
    return ended;
}

}  // namespace

events::model_started announcement(const model_call& call) {
    events::model_started announced;
    announced.intention = call.what.intention;
    announced.purpose = call.what.schema_name;
    announced.tier = llm::to_string(call.what.tier.tier);
    announced.model = call.with.name;
    announced.reason = call.reason;
    announced.fallback_from = call.fallback_from;
    for (const llm::tier t : llm::all_tiers)
        if (const auto& known = call.what.tier.standings[static_cast<std::size_t>(t)])
            announced.standings.push_back(
                {std::string(llm::to_string(t)),
                 known->attempts,
                 known->lower,
                 known->mean,
                 known->upper}
            );
    return announced;
}

asio::awaitable<result<std::string>> carry_out(model_call call) {
    exchange e = prepare(call);
    spending_call money(call, e.request);
    const auto start = std::chrono::steady_clock::now();
    event_pump pump(co_await asio::this_coro::executor);
    task_group group(2, on_failure::cancel_siblings);
    group.add([&] { return complete(call, e, money, pump); });
    group.add([&] { return pump.run(call.run); });
    const auto failures = co_await group.run();
    if (!money.refusal().empty()) {
        events::model_ended ended = describe_end(call, e, money.billed(), start);
        ended.error = money.refusal();
        co_await call.run.emit(std::move(ended));
    }
    if (!failures.empty()) std::rethrow_exception(failures.front());

    const result<llm::chat_reply>& reply = *e.reply;
    const llm::token_usage used =
        reply ? money.book(reply->usage) : money.book_failure(reply.error().code);
    events::model_ended ended = describe_end(call, e, used, start);
    if (reply) {
        ended.stop = llm::to_string(reply->stop);
        ended.reply = reply->text;
    } else {
        ended.error = reply.error().context;
        const auto scope = llm::scope_of(reply.error().code);
        ended.unusable = scope == llm::failure_scope::answer;
        ended.refused = scope == llm::failure_scope::configuration;
    }
    co_await call.run.emit(std::move(ended));
    if (!reply) co_return reply.error();
    co_return reply->text;
}

}  // namespace riva::agents
