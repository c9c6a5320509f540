#include "replay_steps.hpp"

#include "setback.hpp"
#include "split.hpp"
#include "verify_changes.hpp"
#include "what_if.hpp"

#include <riva/llm/error.hpp>
#include <riva/runtime/digest.hpp>
#include <riva/runtime/error.hpp>

#include <algorithm>
#include <utility>

namespace riva::agents {
namespace {

void book(run_context& run, const events::model_ended& call) {
    const auto add = [&](auto& to) {
        ++to.calls;
        to.input_tokens += call.input_tokens;
        to.output_tokens += call.output_tokens;
        to.micro_usd += call.micro_usd;
        if (!call.priced) ++to.unpriced_calls;
    };
    add(run.result.usage);
    add(run.result.usage.by_tier[call.tier]);
}

/// The first call with which other limits would have been passed.
void compare_spending(const run_context& run, const events::model_ended& call) {
    what_if& other = *run.other;
    const auto& spent = run.result.usage;
    const spending_limits& most = other.options.spending;
    const bool passed = spent.calls > most.calls || spent.micro_usd > most.micro_usd ||
                        spent.input_tokens + spent.output_tokens > most.tokens;
    if (!passed || other.spent) return;
    other.spent = true;
    other.compare(
        {run.again->next_seq(call.intention), call.intention, "budget", "go on", "exhausted", true}
    );
}

error failure_of(const events::model_ended& call) {
    if (call.unusable) return {llm::errc::malformed_answer, call.error};
    return {call.refused ? llm::errc::unauthorized : llm::errc::server_failed, call.error};
}

/// The intention ended here since its account was used up: known outside of it only.
void end_if_exhausted(const run_context& run, const question& what) {
    const auto* told = run.again->next_as<events::log>(what.intention);
    if (told != nullptr && told->message.starts_with(account_used_up))
        throw intention_exhausted(told->message.substr(account_used_up.size()));
}

bool is_asked_again(const run_context& run, const std::string& intention) {
    const auto* told = run.again->next_as<events::log>(intention);
    return told != nullptr && told->message.starts_with(asking_again);
}

/// The requests of a call, the first and those that followed a failure.
asio::awaitable<int> announce_again(const model_call& call) {
    run_context& run = call.run;
    events::model_started announced = announcement(call);
    do {
        if (const auto* sent = run.again->next_as<events::model_started>(call.what.intention))
            announced.attempt = sent->attempt;
        co_await run.emit(announced);
        while (is_asked_again(run, call.what.intention))
            co_await run.again->pass_over(call.what.intention);
    } while (run.again->next_as<events::model_started>(call.what.intention) != nullptr);
    co_return announced.attempt;
}

}  // namespace

complexity assess_again(run_context& run, const intention& it) {
    complexity known;
    const auto* started = run.again->next_as<events::intention_started>(it.id);
    if (started == nullptr || !started->complexity) return known;
    known.score = started->complexity->score;
    known.ambiguous = started->complexity->ambiguous;
    known.decompose_first = started->complexity->decompose_first;
    known.confidence = started->complexity->confidence;
    known.reason = started->complexity->reason;
    return known;
}

asio::awaitable<result<std::string>> answer_again(model_call call) {
    run_context& run = call.run;
    end_if_exhausted(run, call.what);
    events::model_ended ended;
    // An endpoint that rests is not asked at all.
    if (run.again->next_as<events::model_ended>(call.what.intention) == nullptr)
        ended.attempt = co_await announce_again(call);
    const auto* recorded = run.again->next_as<events::model_ended>(call.what.intention);
    if (recorded != nullptr) ended = *recorded;
    ended.purpose = call.what.schema_name;
    ended.tier = llm::to_string(call.what.tier.tier);
    ended.model = call.with.name;
    ended.told = call.what.told;
    if (recorded != nullptr) book(run, ended);
    if (run.other != nullptr) compare_spending(run, ended);
    co_await run.emit(ended);
    if (ended.error.empty()) co_return ended.reply;
    end_if_exhausted(run, call.what);
    co_return failure_of(ended);
}

result<outcome> carry_out_again(work_item& item, const action& what) {
    const auto* done = item.run.again->next_as<events::action_executed>(item.it.id);
    if (done == nullptr) return outcome{};  // whoever tells of it finds out
    if (!done->error.empty()) return error{riva::errc::io_failed, done->error};
    outcome o = done->outcome;
    // What a file holds that was created is known.
    if (const auto* create = std::get_if<create_file>(&what); create != nullptr && !o.files.empty())
        o.files.front().after = sha256(create->content);
    std::vector<file_change> made = o.files;
    // A file that was written as it was; a command would have changed its permissions.
    if (!std::holds_alternative<run_command>(what))
        std::erase_if(made, [](const file_change& f) { return f.before == f.after; });
    item.tree.take_over(made);
    return o;
}

asio::awaitable<std::vector<evidence>> look_again(
    run_context& run, const intention& it, int round
) {
    std::vector<evidence> found;
    const auto note = [&](const evidence& e) {
        const auto same = std::ranges::find(found, e.check, &evidence::check);
        if (same == found.end())
            found.push_back(e);
        else
            *same = e;
    };
    while (true) {
        const auto* started = run.again->next_as<events::check_started>(it.id);
        const auto* ended = run.again->next_as<events::check_ended>(it.id);
        const bool of_this_round = (started != nullptr && started->round == round) ||
                                   (ended != nullptr && ended->round == round);
        if (!of_this_round) co_return found;
        if (ended != nullptr) note(ended->evidence);
        co_await run.again->pass_over(it.id);
    }
}

void measure_again(const run_context& run, events::check_ended& said) {
    const auto* recorded = run.again->next_as<events::check_ended>(said.intention);
    if (recorded == nullptr) return;
    said.evidence.inputs = recorded->evidence.inputs;
    said.evidence.duration = recorded->evidence.duration;
}

asio::awaitable<result<std::string>> imagine_diff(workspace& tree) {
    const auto changed = co_await tree.changes();
    if (!changed) co_return changed.error();
    co_return changed->empty() ? "" : "changes";
}

asio::awaitable<bool>
recorded_checkpoint::approve_action(const intention& of, const action&, const verify::risk&) {
    const auto* gated = pass_.next_as<events::action_gated>(of.id);
    co_return gated != nullptr && gated->decision == "approved";
}

asio::awaitable<bool>
recorded_checkpoint::approve_decomposition(const intention& of, std::span<const intention>) {
    co_return pass_.next_as<events::intention_decomposed>(of.id) != nullptr;
}

asio::awaitable<std::optional<judgment>>
recorded_checkpoint::judge_action(const intention& of, const cycle&) {
    const auto* ended = pass_.next_as<events::verify_ended>(of.id);
    if (ended == nullptr || ended->reason != refused_by_a_person) co_return std::nullopt;
    co_return judgment::failure;
}

asio::awaitable<bool>
recorded_checkpoint::verify_integration(const intention& of, std::span<const evidence>) {
    const auto* told = pass_.next_as<events::log>(of.id);
    co_return told == nullptr || told->message != not_accepted;
}

asio::awaitable<std::string>
recorded_checkpoint::review_reflection(const intention& of, const cycle&) {
    const auto* told = pass_.next_as<events::log>(of.id);
    if (told == nullptr || !told->message.starts_with(said_to_the_model)) co_return std::string();
    co_return told->message.substr(said_to_the_model.size());
}

}  // namespace riva::agents
