#include "answer.hpp"

#include "http_text.hpp"
#include "json_text.hpp"
#include "utf8.hpp"

#include <riva/llm/error.hpp>

#include <algorithm>
#include <utility>

namespace riva::llm {

void answer::emit(const stream_event& event) const {
    if (observer_.on_event) observer_.on_event(event);
}

error answer::refused(errc code, std::string what) const {
    return {code, from_.who + " " + std::move(what)};
}

// A run of text is one block until something else begins.
void answer::enter(block_kind kind) {
    if (block_ == kind && kind != block_kind::other) return;
    block_ = kind;
    ++blocks_;
}

void answer::advance(std::size_t bytes) {
    if (progress_ == 0) began_ = std::chrono::steady_clock::now();
    progress_ += bytes;
}

void answer::start(std::string_view id, std::string_view model) {
    if (!id.empty() && reply_.id != id) reply_.id = id;
    if (!model.empty() && reply_.model != model) reply_.model = model;
    if (started_) return;
    started_ = true;
    emit(answer_started{reply_.id, reply_.model});
}

void answer::add_text(std::string_view piece) {
    if (piece.empty()) return;
    enter(block_kind::text);
    reply_.text += piece;
    advance(piece.size());
    emit(text_delta{blocks_ - 1, piece});
}

void answer::replace_text(std::size_t begin, std::string_view whole) {
    const std::string_view pieces = std::string_view(reply_.text).substr(begin);
    if (whole.starts_with(pieces)) return add_text(whole.substr(pieces.size()));
    reply_.text.replace(begin, std::string::npos, whole);
}

void answer::add_reasoning(std::string_view piece) {
    if (piece.empty()) return;
    enter(block_kind::reasoning);
    reply_.reasoning += piece;
    advance(piece.size());
    emit(reasoning_delta{blocks_ - 1, piece});
}

std::size_t answer::begin_tool_call(std::string_view id, std::string_view name) {
    if (calls_.size() == max_tool_calls) {
        if (!objection_)
            objection_ = refused(
                errc::malformed_answer,
                "asks for more than " + std::to_string(max_tool_calls) + " tool calls at once"
            );
        return max_tool_calls - 1;
    }
    enter(block_kind::other);
    const std::size_t number = calls_.size();
    calls_.push_back({blocks_ - 1});
    tool_call& made = reply_.tool_calls.emplace_back();
    made.id = id.empty() ? "call_" + std::to_string(number + 1) : std::string(id);
    made.name = name;
    emit(tool_call_started{blocks_ - 1, made.id, made.name});
    return number;
}

void answer::add_arguments(std::size_t call, std::string_view piece) {
    if (piece.empty() || objection_) return;
    std::string& arguments = reply_.tool_calls[call].arguments;
    if (arguments.size() + piece.size() > max_argument_bytes) {
        objection_ =
            refused(errc::http_limit, "sends more than 1 MiB of arguments for one tool call");
        return;
    }
    arguments += piece;
    advance(piece.size());
    emit(tool_arguments_delta{calls_[call].block, piece});
}

void answer::replace_arguments(std::size_t call, std::string_view whole) {
    std::string& arguments = reply_.tool_calls[call].arguments;
    if (whole.starts_with(arguments)) return add_arguments(call, whole.substr(arguments.size()));
    if (whole.size() <= max_argument_bytes) arguments = whole;
}

void answer::end_tool_call(std::size_t call) {
    if (std::exchange(calls_[call].ended, true)) return;
    emit(tool_call_ended{calls_[call].block});
}

void answer::add_opaque(std::string_view kind, std::string_view json) {
    enter(block_kind::other);
    advance(json.size());
    emit(opaque_block{blocks_ - 1, kind, json});
}

void answer::count(const token_usage& usage) {
    reply_.usage = usage;
    reply_.usage_known = true;
    emit(usage_reported{usage});
}

void answer::stop(stop_reason why) {
    stopped_ = true;
    reply_.stop = why;
}

std::optional<error> answer::judge_tool_calls() {
    for (std::size_t i = 0; i < calls_.size(); ++i) {
        tool_call& call = reply_.tool_calls[i];
        const auto known = std::ranges::find(request_.tools, call.name, &tool::name);
        if (known == request_.tools.end())
            return refused(
                errc::malformed_answer,
                "called the tool '" + printable(call.name, 64) + "', which it was not given"
            );
        if (trimmed(call.arguments).empty()) call.arguments = "{}";
        const auto parsed = parse_json(call.arguments);
        if (!parsed || !parsed->is_object())
            return refused(
                errc::malformed_answer,
                "called the tool '" + call.name + "' with arguments that are no JSON object" +
                    (parsed ? "" : ": " + parsed.error().context)
            );
    }
    return std::nullopt;
}

std::optional<error> answer::judge() const {
    if (!stopped_)
        return refused(errc::truncated_answer, "ended its stream before the model had finished");
    if (reply_.stop == stop_reason::max_tokens)
        return refused(
            errc::answer_too_long,
            "stopped at the output limit; allow more output tokens or ask for less"
        );
    if (reply_.stop == stop_reason::context_exceeded)
        return refused(
            errc::bad_request, "stopped because the conversation does not fit into the model"
        );
    const bool filtered =
        reply_.stop == stop_reason::content_filter || reply_.stop == stop_reason::refusal;
    if (filtered || !refusal_.empty())
        return refused(
            errc::refused_by_model,
            "refused to answer: " + (!refusal_.empty()                     ? printable(refusal_)
                                     : reply_.stop == stop_reason::refusal ? "refusal"
                                                                           : "content filter")
        );
    if (!calls_.empty()) return std::nullopt;
    if (request_.tool_choice == tool_choice::required && !request_.tools.empty())
        return refused(errc::malformed_answer, "called no tool, although it was asked to");
    if (trimmed(reply_.text).empty())
        return refused(errc::malformed_answer, "finished and sent no text");
    return std::nullopt;
}

// Servers disagree about the stop reason of an answer with tool calls: the calls decide.
result<chat_reply> answer::finish() {
    std::optional<error> why = objection_ ? objection_ : judge();
    if (!why) why = judge_tool_calls();
    if (why) return fail(std::move(*why));
    if (!calls_.empty())
        reply_.stop = stop_reason::tool_calls;
    else if (reply_.stop == stop_reason::tool_calls)
        reply_.stop = stop_reason::end_turn;
    for (std::size_t i = 0; i < calls_.size(); ++i) end_tool_call(i);
    emit(answer_finished{reply_.stop});
    return std::move(reply_);
}

error answer::fail(error why) {
    reply_.tool_calls.clear();
    emit(answer_failed{why});
    return why;
}

}  // namespace riva::llm
