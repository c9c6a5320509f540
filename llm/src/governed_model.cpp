#include "governed_model.hpp"

#include "answer_text.hpp"
#include "json_schema.hpp"

#include <riva/llm/error.hpp>

#include <optional>
#include <utility>
#include <variant>

namespace riva::llm {
namespace {

// Servers like to repeat the key that they refuse.
error without(const std::string& key, error why) {
    constexpr std::size_t shortest_secret = 8;
    if (key.size() < shortest_secret) return why;
    for (auto at = why.context.find(key); at != std::string::npos; at = why.context.find(key, at))
        why.context.replace(at, key.size(), "[key]");
    return why;
}

}  // namespace

/// One question with all its attempts, and with the second asking after an answer that does not fit
/// the schema. Holds what happens between two suspensions, to keep the coroutine's frame small: it
/// lives as long as a stream is open.
class governed_model::question {
public:
    question(
        governed_model& of, chat_request& request, const stream_observer& observer, deadline by
    )
        : of_(of), request_(request), observer_(observer), by_(by) {
        ask();
    }

    /// Why it cannot be asked at all.
    std::optional<error> objection() {
        if (auto why = llm::objection(request_, of_.to_.server)) return why;
        if (!request_.schema) return std::nullopt;
        auto schema = json_schema::parse(request_.schema->text);
        if (!schema) return schema.error();
        schema_.emplace(std::move(*schema));
        return std::nullopt;
    }

    governor::call& call() { return *call_; }

    /// What the call ends with when the governor lets it not go: what came before says more about
    /// the request, and what it cost.
    error refused_admission(error why) const {
        if (!previous_) return why;
        return {previous_->code, previous_->context + "; not asked again: " + why.context};
    }

    void announce_attempt() {
        ++attempts_;
        if (observer_.on_attempt)
            observer_.on_attempt(attempts_, previous_ ? &*previous_ : nullptr);
    }

    /// The end of the question, or nothing when it is to be asked again.
    std::optional<result<chat_reply>> take(attempt made) {
        spent_ += made.spent;
        spent_known_ = spent_known_ && made.spent_known;
        if (auto* failed = std::get_if<attempt_failure>(&made.outcome))
            return take_failure(std::move(*failed));
        call_->served(made.first_token);
        auto& reply = std::get<chat_reply>(made.outcome);
        if (schema_)
            if (auto refused = fit(reply)) return refuse(reply, without(of_.to_.key, *refused));
        reply.attempts = attempts_;
        reply.usage = spent_;
        reply.usage_known = spent_known_;
        return std::move(reply);
    }

private:
    void ask() { call_.emplace(*of_.governor_, of_.run_, by_); }

    std::optional<result<chat_reply>> take_failure(attempt_failure failed) {
        failed.why = without(of_.to_.key, std::move(failed.why));
        if (auto again = call_->failed(failed); !again) return again.error();
        previous_ = std::move(failed.why);
        return std::nullopt;
    }

    /// Leaves nothing of the answer but its JSON; or says why it does not fit.
    std::optional<error> fit(chat_reply& reply) const {
        auto bare = read_answer(reply.text, *schema_);
        if (!bare) return bare.error();
        reply.text = std::move(*bare);
        return std::nullopt;
    }

    std::optional<result<chat_reply>> refuse(const chat_reply& reply, error why) {
        if (std::exchange(asked_again_, true))
            return error{
                errc::schema_mismatch,
                of_.to_.who +
                    " did not answer with the JSON that was asked for, also when asked again: " +
                    why.context
            };
        request_.messages.push_back(to_message(reply));
        request_.messages.push_back(
            {role::user,
             "Your answer was refused: " + why.context +
                 ". Answer again with nothing but one JSON value that fits the schema."}
        );
        previous_ = std::move(why);
        ask();
        return std::nullopt;
    }

    governed_model& of_;
    chat_request& request_;
    const stream_observer& observer_;
    deadline by_;
    std::optional<json_schema> schema_;
    std::optional<governor::call> call_;
    std::optional<error> previous_;  // why the last attempt was not enough
    bool asked_again_ = false;
    int attempts_ = 0;
    token_usage spent_;
    bool spent_known_ = true;
};

governed_model::governed_model(
    asked_endpoint to, std::unique_ptr<transport> way, std::shared_ptr<governor> by_whom
)
    : to_(std::move(to)),
      transport_(std::move(way)),
      governor_(std::move(by_whom)),
      run_(governor_->new_run()) {}

asio::awaitable<result<chat_reply>> governed_model::complete(
    chat_request request, stream_observer observer, deadline by
) {
    question asked(*this, request, observer, by);
    if (auto why = asked.objection()) co_return std::move(*why);
    for (;;) {
        if (!asked.call().try_admit())
            if (auto admitted = co_await asked.call().admit(); !admitted)
                co_return asked.refused_admission(admitted.error());
        asked.announce_attempt();
        auto ended =
            asked.take(co_await transport_->send(request, observer, asked.call().attempt_by()));
        if (ended) co_return std::move(*ended);
    }
}

}  // namespace riva::llm
