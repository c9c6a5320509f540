#include "ask_model.hpp"

#include "model_call.hpp"
#include "recorded_pass.hpp"
#include "replay_steps.hpp"

#include <riva/llm/error.hpp>
#include <riva/llm/failure_scope.hpp>
#include <riva/runtime/digest.hpp>

#include <optional>

namespace riva::agents {
namespace {

[[noreturn]] void give_up(
    const std::vector<candidate*>& asked, const error& first, const error& last
) {
    std::string message = first.context;
    if (asked.size() > 1)
        message += "; " + std::to_string(asked.size() - 1) +
                   " model(s) to fall back on failed as well, the last because: " + last.context;
    throw run_over(
        "error",
        {"provider",
         std::move(message),
         "Check the model with riva models --probe, or name another one with --model or "
         "--fallback; nothing was applied."}
    );
}

std::int64_t answer_limit(const run_context& run, const question& what, bool fallback) {
    const std::int64_t own =
        fallback ? 0 : run.models->tiers().at(what.tier.tier).max_output_tokens;
    return own == 0 ? run.options.max_output_tokens : own;
}

/// Tells that a provider failed and who is asked instead: a refusal is louder than a failure that
/// passes.
events::log describe_switch(
    const question& of, const candidate& from, const candidate& to, const error& why
) {
    return {
        llm::scope_of(why.code) == llm::failure_scope::configuration ? "error" : "warning",
        from.name + " cannot be used, asking " + to.name + " instead: " + why.context,
        of.intention
    };
}

/// What the model answered in an earlier pass. The account of the run has paid for it already.
asio::awaitable<result<std::string>> repeat(
    run_context& run, ledger& account, recorded_answer known
) {
    account.carry_over(known.calls, known.paid, &run.money);
    events::model_ended ended = known.said;
    ended.recorded = true;
    co_await run.emit(std::move(ended));
    if (known.said.unusable) co_return error{llm::errc::malformed_answer, known.said.error};
    co_return known.said.reply;
}

/// Of a question that is asked once more the prompt is not known, but its digest.
std::string request_of(const run_context& run, const question& what) {
    if (run.again == nullptr) return sha256(what.prompt);
    const auto* recorded = run.again->next_as<events::model_ended>(what.intention);
    return recorded == nullptr ? "none" : recorded->request;
}

}  // namespace

asio::awaitable<result<std::string>> ask_model(run_context& run, question what) {
    const auto* known = run.earlier.take_answer(
        what.intention,
        run.attempts[what.intention],
        std::string(what.schema_name),
        what.exact ? request_of(run, what) : std::string()
    );
    if (known != nullptr) co_return co_await repeat(run, *what.account, *known);
    const auto chain = run.models->candidates(what.tier.tier);
    std::optional<error> first;
    for (std::size_t i = 0;; ++i) {
        candidate& with = *chain[i];
        model_call call{
            run,
            what,
            with,
            i == 0 ? what.tier.reason : "the provider of " + chain[i - 1]->name + " failed",
            i == 0 ? std::string() : chain[i - 1]->name,
            answer_limit(run, what, i > 0)
        };
        auto answer = run.again != nullptr ? co_await answer_again(std::move(call))
                                           : co_await carry_out(std::move(call));
        if (answer) co_return answer;
        const auto scope = llm::scope_of(answer.error().code);
        if (scope == llm::failure_scope::answer) co_return answer;
        if (answer.error().code == condition::timed_out) run.check_limits();
        if (!first) first = answer.error();
        // A model that refuses what need not be asked may still answer everything else.
        if (!what.optional) with.refused = scope == llm::failure_scope::configuration;
        if (i + 1 == chain.size()) {
            if (what.optional) co_return answer;
            give_up(chain, *first, answer.error());
        }
        co_await run.emit(describe_switch(what, with, *chain[i + 1], answer.error()));
    }
}

}  // namespace riva::agents
